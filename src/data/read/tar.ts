/**
 * Reading tar archives (POSIX "ustar", with GNU's and pax' long names), as the CIFAR data sets come.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { type DataFile, dataFile } from "./data-file.ts";
import type { LeftOut } from "./left-out.ts";
import { filesOf, type TarEntry, wordsOf } from "./tar-links.ts";

const BLOCK = 512;

/** True if the bytes, at least 263 of them, are the start of a tar archive: "ustar" stands in its first header. */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= 263 && text(bytes, 257, 5) === "ustar";
}

/** UTF-8, else Latin-1, so that different names stay different. */
function text(bytes: Uint8Array, begin: number, length: number): string {
  const field = bytes.subarray(begin, begin + length);
  const end = field.indexOf(0);
  const used = end < 0 ? field : field.subarray(0, end);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(used);
  } catch {
    return String.fromCharCode(...used);
  }
}

/** A number in octal digits; NaN for anything else. */
function octal(bytes: Uint8Array, begin: number, length: number): number {
  const digits = text(bytes, begin, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** Facts that headers of GNU or pax state of the entry after them. */
interface Extended {
  readonly path?: string | undefined;
  readonly linkPath?: string | undefined;
  readonly isSparse?: boolean;
}

/**
 * The files in an archive, as views of its bytes. Links count as the files, or folders of files, that they name.
 *
 * Of several files of one name the last one counts, as where the archive is unpacked. Links that lead out of the archive, entries of
 * kinds that hold no whole file, and an archive that lacks the zeros at its end are noted as what cannot be read.
 *
 * @throws RangeError if the archive is cut off, a header is wrong, or links lead in a circle
 */
export async function readTar(archive: DataFile, leftOut: LeftOut): Promise<DataFile[]> {
  const who = `readTar ${JSON.stringify(archive.name)}`;
  const bytes = await archive.bytes();
  const archivePacked = await archive.packed();
  const entries: TarEntry[] = [];
  let extended: Extended = {};
  let hasEnd = false;
  for (let at = 0; at < bytes.length; ) {
    if (at + BLOCK > bytes.length) throw cutOff(who, at + BLOCK, bytes.length);
    const header = bytes.subarray(at, at + BLOCK);
    hasEnd = header.every((byte) => byte === 0);
    if (hasEnd) break;
    const size = octal(header, 124, 12);
    const begin = at + BLOCK;
    if (!(octal(header, 148, 8) === checksum(header)) || Number.isNaN(size)) {
      throw new InputRangeError(who, `a header at byte ${at}`, "corrupt data", "damaged-file");
    }
    const type = String.fromCharCode(header[156] || 0x30);
    // A link may have the size of what it names; its content is not there.
    const isLink = type === "1" || type === "2";
    const end = isLink ? begin : begin + size;
    if (end > bytes.length) throw cutOff(who, end, bytes.length);
    at = begin + Math.ceil((end - begin) / BLOCK) * BLOCK;
    const content = bytes.subarray(begin, end);
    if (type === "L") extended = { ...extended, path: text(content, 0, content.length) };
    else if (type === "K") extended = { ...extended, linkPath: text(content, 0, content.length) };
    else if (type === "x") extended = { ...extended, ...readPax(content) };
    else if (type !== "g") {
      const name = extended.path ?? headerName(header);
      const target = extended.linkPath ?? text(header, 157, 100);
      const words = wordsOf(name);
      if (isLink) entries.push({ words, target, isSymbolic: type === "2" });
      else if (type === "S" || extended.isSparse) leftOut.addBroken("with holes (sparse)", name);
      else if (type === "M") leftOut.addBroken("continued from another archive", name);
      else if (type === "0" || type === "7")
        entries.push({ words, file: entryFile(words.join("/"), content, archivePacked) });
      extended = {};
    }
  }
  if (!hasEnd) leftOut.addBroken("archive without its end", archive.name);
  return filesOf(who, entries, leftOut);
}

function cutOff(who: string, expected: number, got: number): RangeError {
  return new InputRangeError(who, `${expected} bytes or more`, `${got}`, "damaged-file");
}

function headerName(header: Uint8Array): string {
  // GNU's own format has other fields there.
  const prefix = header[262] === 0 ? text(header, 345, 155) : "";
  return (prefix === "" ? "" : `${prefix}/`) + text(header, 0, 100);
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

/** The fields that matter in a pax header, whose records are `length key=value`, with the length of the whole record. */
function readPax(content: Uint8Array): Extended {
  let found: Extended = {};
  for (let at = 0; at < content.length; ) {
    const length = Number(/^(\d{1,9}) /.exec(text(content, at, 10))?.[1]);
    if (!(length > 0 && at + length <= content.length)) break;
    const record = text(content, at, length - 1).replace(/^\d+ /, "");
    const [key, value] = [record.slice(0, record.indexOf("=")), record.slice(record.indexOf("=") + 1)];
    if (key === "path") found = { ...found, path: value };
    if (key === "linkpath") found = { ...found, linkPath: value };
    if (key.startsWith("GNU.sparse.")) found = { ...found, isSparse: true };
    at += length;
  }
  return found;
}
