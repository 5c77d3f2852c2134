/**
 * Names of the files in a ZIP archive as text.
 *
 * @module
 */

import { crc32 } from "../../numeric/crc32.ts";

/** Info-ZIP's extra field with the name in Unicode. */
const UNICODE_PATH = 0x7075;

/** Bytes 128 to 255 of IBM's code page 437, which names have unless an archive says otherwise. */
const CP437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

/**
 * The name of an entry: UTF-8 where the archive says so (bit 11 of its flags), else that of the Unicode field, else UTF-8; code
 * page 437 where the bytes are no UTF-8. So different names stay different.
 *
 * @param extra the entry's extra fields
 */
export function entryName(bytes: Uint8Array, flags: number, extra: Uint8Array): string {
  return (flags & 0x800 ? utf8(bytes) : (unicodeField(bytes, extra) ?? utf8(bytes))) ?? cp437(bytes);
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function cp437(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : CP437[byte - 128])).join("");
}

/** Version 1, the checksum of the name that it stands for, and the name in UTF-8; not that of a name since changed. */
function unicodeField(name: Uint8Array, extra: Uint8Array): string | undefined {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === UNICODE_PATH && end <= extra.length && end - at > 9) {
      const isMine = view.getUint8(at + 4) === 1 && view.getUint32(at + 5, true) === crc32(name);
      if (isMine) return utf8(extra.subarray(at + 9, end));
    }
    at = end;
  }
  return undefined;
}
