import { demangle } from "@assemblyscript/loader";

/**
 * The exports of a compiled file over a memory.
 *
 * The loader's own `instantiate` asks for the name `Response`, for which Node loads all of `fetch`: a tenth of a
 * program's start.
 *
 * Pages get `instantiate.bare.ts` in place of this (bundlers by the field `browser` of package.json): most of the loader
 * is for strings and arrays, which kernels do not use.
 */
export async function instantiateSoon(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<Record<string, unknown>> {
  return demangle((await WebAssembly.instantiate(module, { env: { memory } })).exports);
}

/** `instantiateSoon` at once, which pages allow only in workers. */
export function instantiateNow(module: WebAssembly.Module, memory: WebAssembly.Memory): Record<string, unknown> {
  return demangle(new WebAssembly.Instance(module, { env: { memory } }).exports);
}
