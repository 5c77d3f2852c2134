// Checks what is about to be timed. In a thread of its own, because the plain-JavaScript kernels must not have met float64
// heaps when they are timed: V8 compiles them for the arrays they have seen, and two kinds make them half as fast.

import { parentPort, workerData } from "node:worker_threads";
import { checkKernels } from "../../bench/kernel-check.ts";
import { checkStep } from "../../bench/network-check.ts";
import { useNodeThreads } from "../../node/threads.ts";
import { useWasmFiles } from "../../node/wasm.ts";
import { useWideFlag } from "../../node/wide.ts";
import { planBench } from "./plan.ts";

useWasmFiles();
useWideFlag();
useNodeThreads();
const { settings, kernelSettings, networks, kernels } = await planBench(workerData);
for (const recipe of new Set(networks.map((item) => item.recipe))) {
  parentPort?.postMessage(recipe.name);
  await checkStep(recipe, settings);
}
for (const item of new Set(kernels.map((each) => each.kernels))) {
  parentPort?.postMessage(item.shape);
  await checkKernels(item, kernelSettings);
}
