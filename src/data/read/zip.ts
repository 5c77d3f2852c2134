/**
 * Reading ZIP archives (PKWARE, "APPNOTE.TXT"), which `.npz` files are, without trusting a size or a place in them.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { crc32 } from "../../numeric/crc32.ts";
import { allowedBytes, checkExpansion } from "../expansion.ts";
import { gunzip, gunzipStart } from "../gzip.ts";
import { checkSize, type DataFile, MAX_BYTES } from "./data-file.ts";
import type { ReadSettings } from "./settings.ts";
import { entryName } from "./zip-names.ts";

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
/** The comment behind the end record has at most this many bytes. */
const MAX_COMMENT = 0xffff;

/** True if the bytes start as a ZIP archive does, or an empty one. */
export function isZip(bytes: Uint8Array): boolean {
  const [p, k, a, b] = bytes;
  return p === 0x50 && k === 0x4b && ((a === 3 && b === 4) || (a === 5 && b === 6));
}

interface Entry {
  readonly name: string;
  /** The name's bytes, which also stand in the local header in front of the file. */
  readonly rawName: Uint8Array;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  /** Index of its local header. */
  readonly at: number;
}

/**
 * The files in an archive. Each is unpacked when it is read, to no more than the size that the archive names, and checked by
 * its checksum.
 *
 * @throws RangeError if the archive is cut off, its directory leads outside of it, entries lie over each other, or more would
 * come out of all than `maxExpansion` allows
 *
 * @example
 * const names = (await readZip(archive)).map(({ name }) => name);
 */
export async function readZip(archive: DataFile, { maxExpansion }: ReadSettings = {}): Promise<DataFile[]> {
  const who = `readZip ${JSON.stringify(archive.name)}`;
  const bytes = await archive.bytes();
  const entries = readDirectory(who, bytes).filter(({ name }) => !name.endsWith("/"));
  const total = entries.reduce((sum, { packed }) => sum + packed, 0);
  if (total > bytes.length) {
    throw new InputRangeError(
      who,
      "entries beside each other",
      `${total} bytes in a file of ${bytes.length}`,
      "damaged-file",
    );
  }
  const unpacked = entries.reduce((sum, entry) => sum + entry.unpacked, 0);
  const archivePacked = await archive.packed();
  checkExpansion(who, unpacked, allowedBytes(archivePacked, maxExpansion));
  return entries.map((entry) => entryFile(who, bytes, entry, archivePacked));
}

function readDirectory(who: string, bytes: Uint8Array): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { count, begin, size } = findDirectory(who, bytes, view);
  const end = begin + size;
  if (!(end <= bytes.length) || count > size / 46) {
    throw new InputRangeError(who, "a directory inside the file", `${count} entries at byte ${begin}`, "damaged-file");
  }
  const entries: Entry[] = [];
  let at = begin;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) {
      throw new InputRangeError(who, `${count} entries in the directory`, `${i}`, "damaged-file");
    }
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const next = at + 46 + nameBytes + extraBytes + commentBytes;
    if (next > end) throw new InputRangeError(who, `${count} entries in the directory`, `${i}`, "damaged-file");
    const nameBegin = at + 46;
    const extra = bytes.subarray(nameBegin + nameBytes, nameBegin + nameBytes + extraBytes);
    const flags = view.getUint16(at + 8, true);
    const rawName = bytes.subarray(nameBegin, nameBegin + nameBytes);
    const name = entryName(rawName, flags, extra).replaceAll("\\", "/");
    if (flags & 1) throw new InputRangeError(who, "files without a password", JSON.stringify(name), "unsupported-file");
    const sizes = [24, 20, 42].map((offset) => view.getUint32(at + offset, true));
    const [unpacked, packed, place] = withZip64(who, sizes, extra);
    const method = view.getUint16(at + 10, true);
    entries.push({ name, rawName, method, crc: view.getUint32(at + 16, true), packed, unpacked, at: place });
    at = next;
  }
  return entries;
}

/** Finds the directory: the end record tells its place, or a larger one before it. */
function findDirectory(who: string, bytes: Uint8Array, view: DataView) {
  const lowest = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT);
  for (let at = bytes.length - END_BYTES; at >= lowest; at--) {
    if (view.getUint32(at, true) !== END) continue;
    const locator = at - 20;
    if (locator >= 0 && view.getUint32(locator, true) === LOCATOR_64) {
      const end64 = whole64(view, locator + 8);
      if (end64 + 56 <= bytes.length && view.getUint32(end64, true) === END_64) {
        const [count, size, begin] = [32, 40, 48].map((offset) => whole64(view, end64 + offset));
        return { count, size, begin };
      }
    }
    return {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      begin: view.getUint32(at + 16, true),
    };
  }
  throw new InputRangeError(who, "a whole ZIP archive", "one that is cut off", "damaged-file");
}

/** A 64-bit whole number; one beyond 2^53 is not exact, and too large for every check that follows. */
function whole64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

/** Replaces those of the sizes that did not fit into 32 bits by what the extra field has for them, in its order. */
function withZip64(who: string, sizes: readonly number[], extra: Uint8Array): readonly number[] {
  if (!sizes.includes(0xffffffff)) return sizes;
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = view.getUint16(at + 2, true);
    const end = at + 4 + length;
    if (view.getUint16(at, true) === 1 && end <= extra.length) {
      let next = at + 4;
      return sizes.map((size) => {
        if (size !== 0xffffffff) return size;
        if (next + 8 > end) throw new InputRangeError(who, "a size of 64 bits", "none", "damaged-file");
        next += 8;
        return whole64(view, next - 8);
      });
    }
    at = end;
  }
  throw new InputRangeError(who, "a size of 64 bits", "none", "damaged-file");
}

/** @param archivePacked what the archive takes in the file that the user gave, beyond which no file in it goes */
function entryFile(archive: string, bytes: Uint8Array, entry: Entry, archivePacked: number): DataFile {
  const { name, unpacked } = entry;
  const who = `${archive}, file ${JSON.stringify(name)}`;
  const content = async () => {
    checkSize(name, unpacked);
    const packed = packedBytes(who, bytes, entry);
    if (entry.method === 0) {
      if (crc32(packed) !== entry.crc)
        throw new InputRangeError(who, "it to fit its checksum", "corrupt data", "damaged-file");
      return packed;
    }
    const data = await gunzip(asGzip(packed, entry), { name, maxBytes: unpacked });
    if (data.length !== unpacked) throw new InputRangeError(who, `${unpacked} bytes`, `${data.length}`, "damaged-file");
    return data;
  };
  return {
    name,
    size: async () => unpacked,
    packed: async () => Math.min(entry.packed, archivePacked),
    bytes: content,
    async storedBytes() {
      const packed = packedBytes(who, bytes, entry);
      return entry.method === 0 ? packed : asGzip(packed, entry);
    },
    async start(count) {
      const packed = packedBytes(who, bytes, entry);
      if (entry.method === 0) return packed.subarray(0, count);
      return gunzipStart(asGzip(packed, entry), Math.min(count, unpacked), name);
    },
    async *stream() {
      yield await content();
    },
  };
}

function packedBytes(who: string, bytes: Uint8Array, entry: Entry): Uint8Array {
  const { at, rawName, packed, unpacked, method } = entry;
  if (method !== 0 && method !== 8) {
    throw new InputRangeError(who, "it stored or deflated (methods 0 and 8)", `method ${method}`, "unsupported-file");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!(at + 30 <= bytes.length) || view.getUint32(at, true) !== LOCAL) {
    throw new InputRangeError(who, `it at byte ${at}`, "something else there", "damaged-file");
  }
  const nameBytes = view.getUint16(at + 26, true);
  if (nameBytes !== rawName.length || !rawName.every((byte, i) => bytes[at + 30 + i] === byte)) {
    throw new InputRangeError(who, "the same name there as in the directory", "another", "damaged-file");
  }
  const begin = at + 30 + nameBytes + view.getUint16(at + 28, true);
  if (!(begin + packed <= bytes.length)) {
    throw new InputRangeError(who, `${packed} bytes at byte ${begin}`, `a file of ${bytes.length}`, "damaged-file");
  }
  if (method === 0 && packed !== unpacked) {
    throw new InputRangeError(who, "as many bytes stored as there are", `${packed} for ${unpacked}`, "damaged-file");
  }
  return bytes.subarray(begin, begin + packed);
}

/** Deflated data as a gzip file, whose header and checksum are known: not every engine unpacks bare deflated data. */
function asGzip(packed: Uint8Array, { crc, unpacked }: Entry): Uint8Array {
  checkSize("zip", packed.length + 18);
  const file = new Uint8Array(Math.min(packed.length + 18, MAX_BYTES));
  file.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  file.set(packed, 10);
  const view = new DataView(file.buffer);
  view.setUint32(10 + packed.length, crc, true);
  view.setUint32(14 + packed.length, unpacked, true);
  return file;
}
