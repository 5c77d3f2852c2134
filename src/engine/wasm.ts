import { HostError } from "../errors.ts";
import { builtInWasm } from "./built-in-wasm.ts";
import type { WasmEngine, WasmName } from "./engine-names.ts";
import { instantiateNow, instantiateSoon } from "./instantiate.ts";
import type { Kernels } from "./kernels.ts";

/** Gives `<name>.wasm`: its bytes, or the response of a server, which compiles while it comes in. */
export type WasmSource = (name: WasmName) => Promise<Uint8Array<ArrayBuffer> | Response>;

/** Kernels that are wanted. */
export interface KernelChoice {
  readonly engine: WasmEngine;
  /** True: those of `<engine>-extra.wasm`, too. */
  readonly extra: boolean;
  /** True: for memory that threads share. Default false. */
  readonly shared?: boolean;
}

/** A kernel of the core file and one of the extra file, by which the files are told apart. */
const [OF_CORE, OF_EXTRA] = ["conv2d_forward", "depthwise_forward"];

let source: WasmSource = builtInWasm;
const modules = new Map<WasmName | `${WasmName}-shared`, Promise<WebAssembly.Module>>();

/**
 * Replaces the source of wasm files. By default they are modules of the library, each loaded when it is first needed;
 * Node reads files.
 *
 * @param replacement gives the file of a name: `simd`, `relaxed`, or one of these and `-extra`, for networks that are no chain of
 * convolutions, max pooling, normalisations and dense layers
 * @example
 * setWasmSource((name) => fetch(`/assets/${name}.wasm`)); // copies of convasm/simd.wasm, convasm/simd-extra.wasm ...
 */
export function setWasmSource(replacement: WasmSource): void {
  source = replacement;
  modules.clear();
}

async function compileShared(name: WasmName): Promise<WebAssembly.Module> {
  const { withSharedMemory } = await import("./shared-memory.ts");
  return WebAssembly.compile(withSharedMemory(await bytesOf(name, await source(name))));
}

async function compileAlone(name: WasmName): Promise<WebAssembly.Module> {
  const wasm = await source(name);
  // Servers that know no wasm call it something else; only the right name compiles while it comes in.
  if (isResponse(wasm) && wasm.ok && wasm.headers.get("Content-Type") === "application/wasm") {
    return WebAssembly.compileStreaming(wasm);
  }
  return WebAssembly.compile(await bytesOf(name, wasm));
}

/**
 * True for a response of `fetch`, which is known by being no Uint8Array: in Node the mere name `Response` loads all of `fetch`, which takes longer than the
 * wasm.
 */
function isResponse(wasm: Uint8Array<ArrayBuffer> | Response): wasm is Response {
  return !ArrayBuffer.isView(wasm);
}

async function bytesOf(name: WasmName, wasm: Uint8Array<ArrayBuffer> | Response): Promise<Uint8Array<ArrayBuffer>> {
  if (!isResponse(wasm)) return wasm;
  const { ok, url, status, statusText } = wasm;
  if (!ok) throw missing(name, url, `${status} ${statusText}`.trim());
  const bytes = new Uint8Array(await wasm.arrayBuffer());
  // A server that answers everything with its start page says 200.
  if (bytes[0] !== 0) throw missing(name, url, "something else");
  return bytes;
}

function missing(name: WasmName, url: string, got: string): HostError {
  return new HostError("engine", `expected ${name}.wasm at ${url}, got ${got}`, "not-in-build");
}

/** The compiled files of some kernels. Each is compiled once, however many models use it. */
export function compileKernels({ engine, extra, shared = false }: KernelChoice): Promise<WebAssembly.Module[]> {
  return Promise.all(namesOf(engine, extra).map((name) => compiled(name, shared)));
}

function namesOf(engine: WasmEngine, extra: boolean): readonly WasmName[] {
  return extra ? [engine, `${engine}-extra`] : [engine];
}

function compiled(name: WasmName, shared: boolean): Promise<WebAssembly.Module> {
  const key = shared ? (`${name}-shared` as const) : name;
  const known = modules.get(key);
  if (known !== undefined) return known;
  const module = shared ? compileShared(name) : compileAlone(name);
  modules.set(key, module);
  module.catch(() => modules.delete(key));
  return module;
}

/** Takes files that another worker has compiled, as `compileKernels` gives them. */
export function adoptKernels(engine: WasmEngine, files: readonly WebAssembly.Module[]): void {
  const names = namesOf(engine, files.length > 1);
  for (const [i, file] of files.entries()) modules.set(names[i], Promise.resolve(file));
}

/** Kernels over a memory. */
export async function instantiateKernels(choice: KernelChoice, memory: WebAssembly.Memory): Promise<Kernels> {
  const files = await compileKernels(choice);
  return kernelsOf(await Promise.all(files.map((file) => instantiateSoon(file, memory))));
}

/** `instantiateKernels` at once, in a worker: compiled files over memory that others share. */
export function instantiateShared(files: readonly WebAssembly.Module[], memory: WebAssembly.Memory): Kernels {
  return kernelsOf(files.map((file) => instantiateNow(file, memory)));
}

function kernelsOf(files: readonly Record<string, unknown>[]): Kernels {
  const exports = Object.fromEntries(files.flatMap((file) => Object.entries(file)));
  if (!areKernels(exports, files.length > 1))
    throw new HostError("engine", "expected a wasm file of convasm's kernels, got another one", "not-in-build");
  return exports;
}

/** True if files have the exports of files that the compiler wrote together with the `.d.ts`. */
function areKernels(exports: Record<string, unknown>, extra: boolean): exports is Kernels & Record<string, unknown> {
  return exports[OF_CORE] !== undefined && (!extra || exports[OF_EXTRA] !== undefined);
}
