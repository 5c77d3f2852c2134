import { crc32 } from "../numeric/crc32.ts";
import { joinBytes } from "../numeric/join-bytes.ts";

/** Version 2.0 of the format, names in UTF-8, and the first day that its dates know, so that files are the same at any time. */
const VERSION = 20;
const UTF8 = 0x800;
const FIRST_DAY = 0x21;

/** Numbers of `width` bytes each, the lowest byte first. */
function littleEndian(...fields: readonly (readonly [value: number, width: number])[]): Uint8Array<ArrayBuffer> {
  const bytes = fields.flatMap(([value, width]) => Array.from({ length: width }, (_, i) => (value / 256 ** i) & 255));
  return Uint8Array.from(bytes);
}

/**
 * A ZIP archive of files as they are, without packing (APPNOTE 4.3): weights hardly shrink, and programs read such files in place.
 *
 * @param files contents by names
 */
export function storedZip(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Uint8Array<ArrayBuffer> {
  const locals: Uint8Array<ArrayBuffer>[] = [];
  const centrals: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const [name, bytes] of files) {
    const title = new TextEncoder().encode(name);
    const facts = littleEndian(
      [VERSION, 2],
      [UTF8, 2],
      [0, 2],
      [0, 2],
      [FIRST_DAY, 2],
      [crc32(bytes), 4],
      [bytes.length, 4],
      [bytes.length, 4],
      [title.length, 2],
      [0, 2],
    );
    const local = [littleEndian([0x04034b50, 4]), facts, title, bytes];
    const place = littleEndian([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]);
    centrals.push(littleEndian([0x02014b50, 4], [VERSION, 2]), facts, place, title);
    locals.push(...local);
    at += local.reduce((sum, { length }) => sum + length, 0);
  }
  const directory = joinBytes(centrals);
  const end = littleEndian(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [files.size, 2],
    [files.size, 2],
    [directory.length, 4],
    [at, 4],
    [0, 2],
  );
  return joinBytes([...locals, directory, end]);
}
