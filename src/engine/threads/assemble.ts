import { compileKernels, instantiateKernels, type KernelChoice } from "../wasm.ts";
import { Pool } from "./pool.ts";

/**
 * The parts of an engine whose threads share memory: heap, kernels and threads.
 *
 * @param choice kernels for shared memory
 * @param pages of memory
 */
export async function assembleShared(choice: KernelChoice, threads: number, pages: number) {
  const modules = await compileKernels(choice);
  const size = Math.max(pages, 1);
  const memory = new WebAssembly.Memory({ initial: size, maximum: size, shared: true });
  const kernels = await instantiateKernels(choice, memory);
  return { heap: new Float32Array(memory.buffer), kernels, pool: new Pool(threads, modules, memory, kernels) };
}
