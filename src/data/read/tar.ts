/**
 * Reading tar archives (POSIX "ustar", with GNU's and pax' long names), as the CIFAR data sets come.
 *
 * @module
 */

import { type DataFile, dataFile } from "./data-file.ts";

const BLOCK = 512;

/** Whether the bytes, at least 263 of them, are the start of a tar archive: "ustar" stands in its first header. */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= 263 && text(bytes, 257, 5) === "ustar";
}

function text(bytes: Uint8Array, begin: number, length: number): string {
  const field = bytes.subarray(begin, begin + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** A number in octal digits; NaN for anything else. */
function octal(bytes: Uint8Array, begin: number, length: number): number {
  const digits = text(bytes, begin, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/**
 * The regular files in an archive, as views of its bytes.
 *
 * @throws RangeError if the archive is cut off or a header is wrong
 */
export async function readTar(archive: DataFile): Promise<DataFile[]> {
  const who = `readTar ${JSON.stringify(archive.name)}`;
  const bytes = await archive.bytes();
  const archivePacked = await archive.packed();
  const files: DataFile[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const size = octal(header, 124, 12);
    const begin = at + BLOCK;
    if (!(octal(header, 148, 8) === checksum(header)) || Number.isNaN(size)) {
      throw new RangeError(`${who}: expected a header at byte ${at}, got corrupt data`);
    }
    if (begin + size > bytes.length) {
      throw new RangeError(`${who}: expected ${begin + size} bytes or more, got ${bytes.length}`);
    }
    const content = bytes.subarray(begin, begin + size);
    const type = String.fromCharCode(header[156] || 0x30);
    // GNU's own format has other fields there.
    const prefix = header[262] === 0 ? text(header, 345, 155) : "";
    const name = longName ?? (prefix === "" ? "" : `${prefix}/`) + text(header, 0, 100);
    longName = undefined;
    if (type === "L") longName = text(content, 0, content.length);
    else if (type === "x") longName = paxPath(content);
    else if (type === "0") files.push(entryFile(name, content, archivePacked));
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

/** A file in the archive, which counts no more than the whole archive where it is packed itself. */
function entryFile(name: string, bytes: Uint8Array, archivePacked: number): DataFile {
  return { ...dataFile({ name, bytes }), packed: async () => Math.min(bytes.length, archivePacked) };
}

/** Sum of a header's bytes, where those of the sum itself count as spaces. */
function checksum(header: Uint8Array): number {
  let sum = 8 * 32;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i];
  return sum;
}

/** The path in a pax header, whose records are `length key=value`. */
function paxPath(content: Uint8Array): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(new TextDecoder().decode(content))?.[1];
}
