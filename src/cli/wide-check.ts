// The self-check of the engine `wide`, a process of its own: V8's revectorizer is experimental, and where it fails it ends the
// process. Started with --no-liftoff, so that every kernel is compiled by it at its first call. Exits with 0 if all calls of
// the table of cases give the bits of `relaxed`, and matrix products are faster.

import { type Backend, runCall } from "../bench/arena.ts";
import type { KernelCall } from "../bench/calls/call.ts";
import { allCalls, networkCalls } from "../bench/calls/index.ts";
import { differenceOf, differenceText } from "../bench/ranges.ts";
import { useWasmFiles } from "../node/wasm.ts";
import { wasmBackend } from "./doctor/checks.ts";

useWasmFiles();
const [relaxed, wide] = [await wasmBackend("relaxed", false), await wasmBackend("wide", false)];
for (const call of [...allCalls(), ...networkCalls()]) {
  const difference = differenceOf(runCall(relaxed, call), runCall(wide, call));
  if (difference === undefined) continue;
  process.stdout.write(`${call.kernel} (${call.label}): ${differenceText(difference)}`);
  process.exit(1);
}

// Without 256-bit operations, as on processors that have none, the larger tiles are slower.
if (fastest(wide) >= fastest(relaxed)) {
  process.stdout.write("it is no faster than relaxed on this machine");
  process.exit(1);
}

/** Milliseconds of matrix products: the least of some turns, as other programs disturb them. */
function fastest({ kernels, heap }: Backend): number {
  // All arrays lie in one place and hold zeros: only the time counts.
  heap.fill(0);
  const place = (argument: KernelCall["args"][number]) => (typeof argument === "number" ? argument : 2 ** 16);
  const calls = networkCalls().filter(({ kernel }) => kernel === "conv2d_forward");
  const turns = Array.from({ length: 8 }, () => {
    const began = performance.now();
    for (const { kernel, extent, args } of calls) kernels[kernel](0, extent, ...args.map(place));
    return performance.now() - began;
  });
  return Math.min(...turns);
}
