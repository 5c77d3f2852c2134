// The self-check of the engine `wide`, a process of its own: V8's revectorizer is experimental, and where it fails it ends the
// process. Started with --no-liftoff, so that every kernel is compiled by it at its first call. Exits with 0 if all calls of
// the table of cases give the bits of `relaxed`.

import { runCall } from "../bench/arena.ts";
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
