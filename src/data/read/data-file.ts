/**
 * Files for the readers of data sets: in memory, dropped on a web page, in an archive, or on a disk.
 *
 * @module
 */

import { InputRangeError, InputTypeError } from "../../errors.ts";
import { asBytes, type FileBytes, isBlob, kindOf } from "../../numeric/array-kinds.ts";
import { allowedBytes } from "../expansion.ts";
import { GrowingBytes, gunzipChunks, isGzip } from "../gzip.ts";

/** Reads a blob at once; only workers have it. */
declare const FileReaderSync: undefined | (new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer });

/** Largest file that can be in memory whole, as a Uint8Array must hold it. */
export const MAX_BYTES = 2 ** 31 - 1;

/** A file whose content is read when it is asked for. */
export interface DataFile {
  /** Path with `/` between folders, which also stands in error messages. */
  readonly name: string;
  /** Size in bytes. An archive may lie about that of a packed file. */
  size(): Promise<number>;
  /** Size in the file that the user gave, packed or not; at most `allowedBytes` of it may come out. */
  packed(): Promise<number>;
  /** The first `count` bytes, or all of a shorter file. */
  start(count: number): Promise<Uint8Array>;
  /** The whole content; must not be written to. */
  bytes(): Promise<Uint8Array>;
  /** The content piece by piece. */
  stream(): AsyncIterable<Uint8Array>;
  /** Its bytes as they lie in the file that a user gave, packed where they are: equal ones have equal content. */
  storedBytes(): Promise<Uint8Array>;
  /** Reads bytes `begin` to `end` - 1, without the others; undefined where that cannot be done, as in packed files. */
  readonly range?: (begin: number, end: number) => Promise<Uint8Array>;
  /** The same at once, for who cannot wait; undefined where that cannot be done, as on a page's own thread. */
  readonly rangeNow?: (begin: number, end: number) => Uint8Array;
  /** Opens the file at a path from this one's folder, on a disk; undefined where there is none. */
  readonly beside?: (path: string) => Promise<DataFile | undefined>;
  /** Path on the disk, for who reads it in another thread. */
  readonly path?: string;
}

/** A file's bytes, or a `File` or `Blob`, under a name. */
export interface DataFileInput {
  /** Path with `/` between folders, such as `train/cat/1.png`. */
  readonly name: string;
  /** Its content. */
  readonly bytes: FileBytes | Blob;
}

/** A file from a caller's bytes, or a web page's `File`. */
export function dataFile({ name, bytes }: DataFileInput): DataFile {
  const given = asBytes(bytes);
  if (given !== undefined) return memoryFile(name, given);
  if (isBlob(bytes)) return blobFile(name, bytes);
  const got = kindOf(bytes);
  throw new InputTypeError(`readData ${JSON.stringify(name)}`, "bytes as a Uint8Array or an ArrayBuffer", got);
}

function memoryFile(name: string, bytes: Uint8Array): DataFile {
  return {
    name,
    size: async () => bytes.length,
    packed: async () => bytes.length,
    start: async (count) => bytes.subarray(0, count),
    bytes: async () => bytes,
    async *stream() {
      yield bytes;
    },
    storedBytes: async () => bytes,
    range: async (begin, end) => bytes.subarray(begin, end),
    rangeNow: (begin, end) => bytes.subarray(begin, end),
  };
}

function blobFile(name: string, blob: Blob): DataFile {
  const reader = typeof FileReaderSync === "undefined" ? undefined : new FileReaderSync();
  const bytes = async () => {
    checkSize(name, blob.size);
    return new Uint8Array(await blob.arrayBuffer());
  };
  return {
    name,
    size: async () => blob.size,
    packed: async () => blob.size,
    start: async (count) => new Uint8Array(await blob.slice(0, count).arrayBuffer()),
    bytes,
    storedBytes: bytes,
    range: async (begin, end) => new Uint8Array(await blob.slice(begin, end).arrayBuffer()),
    ...(reader && {
      rangeNow: (begin: number, end: number) => new Uint8Array(reader.readAsArrayBuffer(blob.slice(begin, end))),
    }),
    async *stream() {
      const reader = blob.stream().getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield value;
      }
    },
  };
}

/** @throws RangeError if a file is too large to be in memory whole */
export function checkSize(name: string, size: number): void {
  if (size <= MAX_BYTES) return;
  throw new InputRangeError(`readData ${JSON.stringify(name)}`, `at most ${MAX_BYTES} bytes`, `${size}`, "too-large");
}

/** True if a file is packed with gzip, by its first bytes. */
export async function isGzipFile(file: DataFile): Promise<boolean> {
  return isGzip(await file.start(3));
}

/**
 * The content of a gzip file, unpacked as it is read.
 *
 * @param maxExpansion largest unpacked size, as a multiple of its size: see `allowedBytes`
 */
export function unpackedFile(packed: DataFile, maxExpansion?: number): DataFile {
  const name = packed.name.replace(/\.gz$|(?<=\.t)gz$/i, (end) => (end.toLowerCase() === "gz" ? "ar" : ""));
  const stream = async function* () {
    yield* gunzipChunks(() => packed.stream(), packed.name, allowedBytes(await packed.packed(), maxExpansion));
  };
  let size: number | undefined;
  const bytes = async () => {
    const output = new GrowingBytes((await packed.size()) * 4, MAX_BYTES);
    for await (const chunk of stream()) {
      checkSize(packed.name, output.length + chunk.length);
      output.append(chunk);
    }
    size = output.length;
    return output.bytes();
  };
  return {
    name,
    stream,
    bytes,
    packed: () => packed.packed(),
    storedBytes: () => packed.storedBytes(),
    async size() {
      if (size === undefined) {
        size = 0;
        for await (const chunk of stream()) size += chunk.length;
      }
      return size;
    },
    async start(count) {
      const output = new GrowingBytes(count, count);
      for await (const chunk of stream()) {
        output.append(chunk.subarray(0, count - output.length));
        if (output.length === count) break;
      }
      return output.bytes();
    },
  };
}
