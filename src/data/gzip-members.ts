/**
 * gzip files (RFC 1952) of several members: files one behind the other, as `cat a.gz b.gz`, bgzip and pigz make them, with zeros behind
 * the last one where a block of a tape or a disk was filled up.
 *
 * zlib's JavaScript port unpacks them, since it says where a member ends: the web-standard DecompressionStream does not.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";

type Zlib = typeof import("pako");

/** zlib's number for a window of 32 KiB in gzip's frame, whose header and checksum it then checks. */
const GZIP_WINDOW = 15 + 16;

/** Bytes that are handed out at once. */
const PIECE = 64 * 1024;

/**
 * Unpacks all members of a gzip file, piece by piece.
 *
 * @param who stands in error messages
 * @throws RangeError if a member is corrupt or cut off, or something else than members and zeros follows the first one
 */
export async function* gunzipMembers(who: string, bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  const zlib = await import("pako");
  let at = 0;
  do {
    at = yield* unpackMember(zlib, who, bytes, at);
    while (at < bytes.length && bytes[at] === 0) at += 1;
    if (at < bytes.length && (bytes[at] !== 0x1f || bytes[at + 1] !== 0x8b)) {
      throw new InputRangeError(who, "nothing but gzip data and zeros", `something else at byte ${at}`, "damaged-file");
    }
  } while (at < bytes.length);
}

/** Unpacks the member that begins at byte `at`, and returns where it ends. */
function* unpackMember(zlib: Zlib, who: string, bytes: Uint8Array, at: number): Generator<Uint8Array, number, void> {
  const { Z_BUF_ERROR, Z_NO_FLUSH, Z_OK, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2 } = zlib;
  const stream = new ZStream();
  zlibInflateInit2(stream, GZIP_WINDOW);
  stream.input = bytes;
  stream.next_in = at;
  stream.avail_in = bytes.length - at;
  for (;;) {
    stream.output = new Uint8Array(PIECE);
    stream.next_out = 0;
    stream.avail_out = PIECE;
    const status = zlibInflate(stream, Z_NO_FLUSH);
    const isCutOff = status === Z_BUF_ERROR || (status === Z_OK && stream.avail_in === 0 && stream.avail_out > 0);
    if (isCutOff || (status !== Z_OK && status !== Z_STREAM_END)) {
      throw new InputRangeError(who, "whole gzip data", "data that is corrupt or cut off", "damaged-file");
    }
    if (stream.next_out > 0) yield stream.output.subarray(0, stream.next_out);
    if (status === Z_STREAM_END) return stream.next_in;
  }
}
