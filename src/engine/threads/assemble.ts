import type { WasmEngine } from "../engine-names.ts";
import { compileKernels, instantiateKernels } from "../wasm.ts";
import { Pool } from "./pool.ts";

/**
 * The parts of an engine whose threads share memory: heap, kernels and threads.
 *
 * @param pages of memory
 */
export async function assembleShared(engine: WasmEngine, threads: number, pages: number) {
  const name = `${engine}-shared` as const;
  const module = await compileKernels(name);
  const size = Math.max(pages, 1);
  const memory = new WebAssembly.Memory({ initial: size, maximum: size, shared: true });
  const kernels = await instantiateKernels(name, memory);
  return { heap: new Float32Array(memory.buffer), kernels, pool: new Pool(threads, module, memory, kernels) };
}
