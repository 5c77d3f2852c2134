import { instantiate } from "@assemblyscript/loader";
import type { Gear } from "./gears.ts";
import type { Kernels } from "./kernels.ts";

/** Gives the bytes of `build/<name>.wasm`. */
export type WasmSource = (name: Exclude<Gear, "js">) => Promise<BufferSource>;

async function fetchWasm(name: string): Promise<BufferSource> {
  const response = await fetch(new URL(`../../build/${name}.wasm`, import.meta.url));
  if (!response.ok) throw new Error(`convasm: could not load ${name}.wasm: ${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}

let source: WasmSource = fetchWasm;
const modules = new Map<string, Promise<WebAssembly.Module>>();

/** Replaces how wasm files are found: Node reads them from disk, a bundle may carry them inline. */
export function setWasmSource(replacement: WasmSource): void {
  source = replacement;
  modules.clear();
}

/** The kernels of a gear over a memory. A gear is compiled once, however many models use it. */
export async function instantiateKernels(gear: Exclude<Gear, "js">, memory: WebAssembly.Memory): Promise<Kernels> {
  let module = modules.get(gear);
  if (module === undefined) {
    module = source(gear).then((bytes) => WebAssembly.compile(bytes));
    modules.set(gear, module);
    module.catch(() => modules.delete(gear));
  }
  const { exports } = await instantiate<Kernels & Record<string, unknown>>(await module, { env: { memory } });
  return exports;
}
