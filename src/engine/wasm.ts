import { HostError } from "../errors.ts";
import { builtInWasm } from "./built-in-wasm.ts";
import type { WasmGear } from "./gears.ts";
import { instantiateNow, instantiateSoon } from "./instantiate.ts";
import type { Kernels } from "./kernels.ts";

/** Kernels of a gear, for memory of one thread or shared memory. */
export type WasmName = WasmGear | `${WasmGear}-shared`;

/** Gives `<gear>.wasm`: its bytes, or the response of a server, which compiles while it comes in. */
export type WasmSource = (gear: WasmGear) => Promise<Uint8Array<ArrayBuffer> | Response>;

let source: WasmSource = builtInWasm;
const modules = new Map<WasmName, Promise<WebAssembly.Module>>();

/**
 * Replaces the source of wasm files. By default they are modules of the library, each loaded when it is first needed;
 * Node reads files.
 *
 * @example
 * setWasmSource((gear) => fetch(`/assets/${gear}.wasm`)); // copies of convasm/simd.wasm and convasm/relaxed.wasm
 */
export function setWasmSource(replacement: WasmSource): void {
  source = replacement;
  modules.clear();
}

async function compile(name: WasmName): Promise<WebAssembly.Module> {
  switch (name) {
    case "simd-shared":
      return compileShared("simd");
    case "relaxed-shared":
      return compileShared("relaxed");
    case "wide-shared":
      return compileShared("wide");
    default:
      return compileAlone(name);
  }
}

async function compileShared(gear: WasmGear): Promise<WebAssembly.Module> {
  const { withSharedMemory } = await import("./shared-memory.ts");
  return WebAssembly.compile(withSharedMemory(await load(gear)));
}

async function compileAlone(gear: WasmGear): Promise<WebAssembly.Module> {
  const wasm = await source(gear);
  // Servers that know no wasm call it something else; only the right name compiles while it comes in.
  if (isResponse(wasm) && wasm.ok && wasm.headers.get("Content-Type") === "application/wasm") {
    return WebAssembly.compileStreaming(wasm);
  }
  return WebAssembly.compile(await bytesOf(gear, wasm));
}

/**
 * Recognised by being no Uint8Array: in Node the mere name `Response` loads all of `fetch`, which takes longer than the
 * wasm.
 */
function isResponse(wasm: Uint8Array<ArrayBuffer> | Response): wasm is Response {
  return !ArrayBuffer.isView(wasm);
}

async function load(gear: WasmGear): Promise<Uint8Array<ArrayBuffer>> {
  return bytesOf(gear, await source(gear));
}

async function bytesOf(gear: WasmGear, wasm: Uint8Array<ArrayBuffer> | Response): Promise<Uint8Array<ArrayBuffer>> {
  if (!isResponse(wasm)) return wasm;
  const { ok, url, status, statusText } = wasm;
  if (!ok) throw missing(gear, url, `${status} ${statusText}`.trim());
  const bytes = new Uint8Array(await wasm.arrayBuffer());
  // A server that answers everything with its start page says 200.
  if (bytes[0] !== 0) throw missing(gear, url, "something else");
  return bytes;
}

function missing(gear: WasmGear, url: string, got: string): HostError {
  return new HostError("engine", `expected ${gear}.wasm at ${url}, got ${got}`, "not-in-build");
}

/** A compiled wasm file. Each is compiled once, however many models use it. */
export function compileKernels(name: WasmName): Promise<WebAssembly.Module> {
  const known = modules.get(name);
  if (known !== undefined) return known;
  const module = compile(name);
  modules.set(name, module);
  module.catch(() => modules.delete(name));
  return module;
}

/** Takes a file that another worker has compiled. */
export function adoptKernels(name: WasmName, module: WebAssembly.Module): void {
  modules.set(name, Promise.resolve(module));
}

/** The kernels of a wasm file over a memory. */
export async function instantiateKernels(name: WasmName, memory: WebAssembly.Memory): Promise<Kernels> {
  return kernelsOf(await instantiateSoon(await compileKernels(name), memory));
}

/** `instantiateKernels` at once, in a worker: a compiled file over memory that others share. */
export function instantiateShared(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return kernelsOf(instantiateNow(module, memory));
}

function kernelsOf(exports: Record<string, unknown>): Kernels {
  if (!areKernels(exports))
    throw new HostError("engine", "expected a wasm file of convasm's kernels, got another one", "not-in-build");
  return exports;
}

/** True if a file has the exports of a file that the compiler wrote together with the `.d.ts`. */
function areKernels(exports: Record<string, unknown>): exports is Kernels & Record<string, unknown> {
  return exports.conv2d_forward !== undefined;
}
