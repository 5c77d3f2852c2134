import { HostError } from "../errors.ts";
import { builtInWasm } from "./built-in-wasm.ts";
import type { WasmEngine } from "./engine-names.ts";
import { instantiateNow, instantiateSoon } from "./instantiate.ts";
import type { Kernels } from "./kernels.ts";

/** Kernels of an engine, for memory of one thread or shared memory. */
export type WasmName = WasmEngine | `${WasmEngine}-shared`;

/** Gives `<engine>.wasm`: its bytes, or the response of a server, which compiles while it comes in. */
export type WasmSource = (engine: WasmEngine) => Promise<Uint8Array<ArrayBuffer> | Response>;

let source: WasmSource = builtInWasm;
const modules = new Map<WasmName, Promise<WebAssembly.Module>>();

/**
 * Replaces the source of wasm files. By default they are modules of the library, each loaded when it is first needed;
 * Node reads files.
 *
 * @example
 * setWasmSource((engine) => fetch(`/assets/${engine}.wasm`)); // copies of convasm/simd.wasm and convasm/relaxed.wasm
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

async function compileShared(engine: WasmEngine): Promise<WebAssembly.Module> {
  const { withSharedMemory } = await import("./shared-memory.ts");
  return WebAssembly.compile(withSharedMemory(await load(engine)));
}

async function compileAlone(engine: WasmEngine): Promise<WebAssembly.Module> {
  const wasm = await source(engine);
  // Servers that know no wasm call it something else; only the right name compiles while it comes in.
  if (isResponse(wasm) && wasm.ok && wasm.headers.get("Content-Type") === "application/wasm") {
    return WebAssembly.compileStreaming(wasm);
  }
  return WebAssembly.compile(await bytesOf(engine, wasm));
}

/**
 * Recognised by being no Uint8Array: in Node the mere name `Response` loads all of `fetch`, which takes longer than the
 * wasm.
 */
function isResponse(wasm: Uint8Array<ArrayBuffer> | Response): wasm is Response {
  return !ArrayBuffer.isView(wasm);
}

async function load(engine: WasmEngine): Promise<Uint8Array<ArrayBuffer>> {
  return bytesOf(engine, await source(engine));
}

async function bytesOf(engine: WasmEngine, wasm: Uint8Array<ArrayBuffer> | Response): Promise<Uint8Array<ArrayBuffer>> {
  if (!isResponse(wasm)) return wasm;
  const { ok, url, status, statusText } = wasm;
  if (!ok) throw missing(engine, url, `${status} ${statusText}`.trim());
  const bytes = new Uint8Array(await wasm.arrayBuffer());
  // A server that answers everything with its start page says 200.
  if (bytes[0] !== 0) throw missing(engine, url, "something else");
  return bytes;
}

function missing(engine: WasmEngine, url: string, got: string): HostError {
  return new HostError("engine", `expected ${engine}.wasm at ${url}, got ${got}`, "not-in-build");
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
