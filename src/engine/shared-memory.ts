import { HostError } from "../errors.ts";

/** Pages that a shared memory may have at most: 4 GiB. Must not be less than what the engine asks for. */
const MAX_PAGES = 65536;

const IMPORT_SECTION = 2;
/** Bytes that end the import section of a file with an unshared memory: no flags, and the pages it needs at least. */
const UNSHARED_BYTES = 2;
const LEAST_PAGES = 1;
/** Shared, with a maximum: 1 page to `MAX_PAGES`, as LEB128. */
const SHARED = [
  3,
  LEAST_PAGES,
  ...[MAX_PAGES & 0x7f, (MAX_PAGES >> 7) & 0x7f].map((byte) => byte | 0x80),
  MAX_PAGES >> 14,
];

/**
 * A wasm file's kernels for memory that threads share: the compiler's output for shared memory differs only in the
 * memory import, the last part of the file's second section.
 *
 * @param wasm a file that imports one memory and nothing else
 * @throws Error if the file is built otherwise
 * @example
 * const shared = await WebAssembly.compile(withSharedMemory(bytes));
 */
export function withSharedMemory(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  let at = 8;
  while (at + 1 < wasm.length && wasm[at] !== IMPORT_SECTION) {
    const size = readSize(wasm, at + 1);
    at = size.next + size.value;
  }
  const { value, next } = readSize(wasm, at + 1);
  const end = next + value;
  const grown = value + SHARED.length - UNSHARED_BYTES;
  const [flags, pages] = wasm.subarray(end - UNSHARED_BYTES, end);
  // Sizes of one byte are enough: the section holds two short names.
  if (wasm[at] !== IMPORT_SECTION || grown > 127 || flags !== 0 || pages > LEAST_PAGES) {
    throw new HostError("kernels", "expected a wasm file that imports one unshared memory", "not-in-build");
  }
  const head = wasm.subarray(0, at + 1);
  const names = wasm.subarray(next, end - UNSHARED_BYTES);
  const result = new Uint8Array(head.length + 1 + grown + wasm.length - end);
  result.set(head);
  result[head.length] = grown;
  result.set(names, head.length + 1);
  result.set(SHARED, head.length + 1 + names.length);
  result.set(wasm.subarray(end), head.length + 1 + grown);
  return result;
}

/** Reads an unsigned LEB128 number, and the index after it. */
function readSize(wasm: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0; shift < 35 && at < wasm.length; shift += 7) {
    const byte = wasm[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  return { value, next: at };
}
