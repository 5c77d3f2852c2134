// The self-check of the gear `wide`, a process of its own: V8's revectorizer is experimental, and where it fails it ends the
// process. Started with --no-liftoff, so that every kernel is compiled by it at its first call. Exits with 0 if all calls of
// the table of cases give the bits of `relaxed`.

import { type Backend, runCall } from "../bench/arena.ts";
import { allCalls, networkCalls } from "../bench/calls/index.ts";
import { instantiateKernels } from "../engine/wasm.ts";
import { useWasmFiles } from "../node/wasm.ts";

const PAGES = 512;

async function backend(gear: "relaxed" | "wide"): Promise<Backend> {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  const kernels = await instantiateKernels(gear, memory);
  return { kernels: { ...kernels }, heap: new Float32Array(memory.buffer) };
}

useWasmFiles();
const [relaxed, wide] = [await backend("relaxed"), await backend("wide")];
for (const call of [...allCalls(), ...networkCalls()]) {
  const wanted = runCall(relaxed, call);
  for (const [name, values] of runCall(wide, call)) {
    const other = wanted.get(name);
    const same = other !== undefined && Buffer.compare(asBytes(values), asBytes(other)) === 0;
    if (same) continue;
    process.stdout.write(`${call.kernel} (${call.label}): "${name}" differs from the relaxed gear`);
    process.exit(1);
  }
}

function asBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
