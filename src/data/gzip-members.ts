/**
 * gzip files (RFC 1952) of several members: files one behind the other, as `cat a.gz b.gz`, bgzip and pigz make them, with zeros behind
 * the last one where a block of a tape or a disk was filled up.
 *
 * @module
 */

import { crc32 } from "../numeric/crc32.ts";
import { inflateAt } from "./deflate.ts";

const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;

/** Flags of a header: its checksum, extra data, a name, a comment. */
const CHECKED = 2;
const EXTRA = 4;
const NAMED = 8;
const COMMENTED = 16;
const UNKNOWN = 0xe0;

/**
 * What all members of a gzip file hold, piece by piece.
 *
 * @param who stands in error messages
 * @throws RangeError if a member is corrupt or cut off, or something else than members and zeros follows the first one
 */
export function* gunzipMembers(who: string, bytes: Uint8Array): Generator<Uint8Array, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  do {
    const begin = memberStart(who, bytes, at);
    let crc = 0;
    let length = 0;
    const pieces = inflateAt(bytes, begin);
    for (;;) {
      const next = guarded(who, () => pieces.next());
      if (next.done === true) {
        at = next.value;
        break;
      }
      crc = crc32(next.value, crc);
      length += next.value.length;
      yield next.value.slice();
    }
    if (at + TRAILER_BYTES > bytes.length) throw corrupt(who);
    if (view.getUint32(at, true) !== crc || view.getUint32(at + 4, true) !== length % 2 ** 32) throw corrupt(who);
    at += TRAILER_BYTES;
    while (at < bytes.length && bytes[at] === 0) at += 1;
  } while (at < bytes.length);
}

/** The place of the packed data of the member that begins at byte `at`. */
function memberStart(who: string, bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0x1f || bytes[at + 1] !== 0x8b) {
    if (at === 0) throw corrupt(who);
    throw new RangeError(`${who}: expected nothing but gzip data and zeros, got something else at byte ${at}`);
  }
  const flags = bytes[at + 3];
  if (at + HEADER_BYTES > bytes.length || bytes[at + 2] !== 8 || (flags & UNKNOWN) !== 0) throw corrupt(who);
  let begin = at + HEADER_BYTES;
  if (flags & EXTRA) begin += 2 + (bytes[begin] | (bytes[begin + 1] << 8));
  for (const text of [NAMED, COMMENTED]) {
    if (!(flags & text)) continue;
    const end = bytes.indexOf(0, begin);
    if (end < 0) throw corrupt(who);
    begin = end + 1;
  }
  if (flags & CHECKED) begin += 2;
  return begin;
}

function guarded<T>(who: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw corrupt(who, cause);
  }
}

function corrupt(who: string, cause?: unknown): RangeError {
  return new RangeError(`${who}: expected whole gzip data, got data that is corrupt or cut off`, { cause });
}
