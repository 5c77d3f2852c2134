/** The exports of a compiled file over a memory. */
export async function instantiateSoon(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<Record<string, unknown>> {
  return (await WebAssembly.instantiate(module, { env: { memory } })).exports;
}

/** `instantiateSoon` at once, which pages allow only in workers. */
export function instantiateNow(module: WebAssembly.Module, memory: WebAssembly.Memory): Record<string, unknown> {
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}
