/**
 * The kernels of WebAssembly on memories of the tests' own.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import type { Backend } from "../../src/bench/arena.ts";
import type { EngineName } from "../../src/engine/engine-names.ts";
import { instantiateKernels, setWasmSource } from "../../src/engine/wasm.ts";

/** The engines whose code runs on every host that the tests run on, or behind a flag. */
export type TestedEngine = Exclude<EngineName, "js">;

/** 4 MiB: 1 M floats. */
const PAGES = 64;

setWasmSource(async (name) => Buffer.from(readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url))));

/** Kernels on a memory of their own, of 4 MiB unless more is asked for. */
export async function unshared(engine: TestedEngine, pages = PAGES): Promise<Backend> {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { ...kernels } = await instantiateKernels({ engine, extra: true }, memory);
  return { kernels, heap: new Float32Array(memory.buffer) };
}

/** Kernels of an engine over shared memory. */
export async function shared(engine: TestedEngine): Promise<Backend> {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  const { ...kernels } = await instantiateKernels({ engine, extra: true, shared: true }, memory);
  return { kernels, heap: new Float32Array(memory.buffer) };
}
