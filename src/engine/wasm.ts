import { instantiate, instantiateSync } from "@assemblyscript/loader";
import type { Gear } from "./gears.ts";
import type { Kernels } from "./kernels.ts";
import { withSharedMemory } from "./shared-memory.ts";

/** A gear that is a wasm file. */
export type WasmGear = Exclude<Gear, "js">;

/** Kernels of a gear, or the same for memory that threads share. */
export type WasmName = WasmGear | `${WasmGear}-shared`;

/** Gives the bytes of `build/<gear>.wasm`. */
export type WasmSource = (gear: WasmGear) => Promise<Uint8Array<ArrayBuffer>>;

async function fetchWasm(gear: WasmGear): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(new URL(`../../build/${gear}.wasm`, import.meta.url));
  if (!response.ok) throw new Error(`convasm: could not load ${gear}.wasm: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

let source: WasmSource = fetchWasm;
const modules = new Map<WasmName, Promise<WebAssembly.Module>>();

/** Replaces how wasm files are found: Node reads them from disk, a bundle may carry them inline. */
export function setWasmSource(replacement: WasmSource): void {
  source = replacement;
  modules.clear();
}

async function load(name: WasmName): Promise<Uint8Array<ArrayBuffer>> {
  switch (name) {
    case "simd-shared":
      return withSharedMemory(await source("simd"));
    case "relaxed-shared":
      return withSharedMemory(await source("relaxed"));
    case "wide-shared":
      return withSharedMemory(await source("wide"));
    default:
      return source(name);
  }
}

/** A compiled wasm file. Each is compiled once, however many models use it. */
export function compileKernels(name: WasmName): Promise<WebAssembly.Module> {
  const known = modules.get(name);
  if (known !== undefined) return known;
  const module = load(name).then((bytes) => WebAssembly.compile(bytes));
  modules.set(name, module);
  module.catch(() => modules.delete(name));
  return module;
}

/** The kernels of a wasm file over a memory. */
export async function instantiateKernels(name: WasmName, memory: WebAssembly.Memory): Promise<Kernels> {
  const module = await compileKernels(name);
  const { exports } = await instantiate<Kernels & Record<string, unknown>>(module, { env: { memory } });
  return exports;
}

/** The same at once, in a worker: a compiled file over memory that others share. */
export function instantiateShared(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return instantiateSync<Kernels & Record<string, unknown>>(module, { env: { memory } }).exports;
}
