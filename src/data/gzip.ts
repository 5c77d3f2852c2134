/**
 * Unpacking of gzip and zlib data with an upper bound on its size, by the web-standard DecompressionStream.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { checkExpansion } from "./expansion.ts";

/** Size of the slices in which input goes in, because one slice is unpacked whole: deflate packs at most 1032 : 1. */
const SLICE_BYTES = 16 * 1024;

/** Largest file that is put together in memory where the host's stream does not unpack it. */
const MAX_PACKED_BYTES = 2 ** 31 - 1;

/** Largest packing ratio for which memory is allocated before the bytes are there. */
const TRUSTED_RATIO = 16;

/** Options of {@link gunzip} and {@link inflate}. */
export interface UnpackOptions {
  /** Stands in error messages: `gunzip "train-images": ...`. */
  readonly name: string;
  /** Most bytes that may come out. */
  readonly maxBytes: number;
}

/** True if the bytes start as a gzip file does (RFC 1952: 31, 139, and 8 for deflate). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 3 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/**
 * Unpacks a gzip file.
 *
 * Never holds much more than `maxBytes` of output, whatever the file claims.
 *
 * @throws RangeError if the data is not gzip, corrupt or cut off, or more than `maxBytes` come out
 *
 * @example
 * const unpacked = await gunzip(bytes, { name: "labels.gz", maxBytes: 1_000_000 });
 */
export async function gunzip(bytes: Uint8Array, options: UnpackOptions): Promise<Uint8Array> {
  const who = `gunzip ${JSON.stringify(options.name)}`;
  if (!isGzip(bytes)) throw new InputRangeError(who, "gzip data", "something else", "damaged-file");
  return unpack(memberChunks(whole(bytes), who), who, claimedSize(bytes), options.maxBytes);
}

/**
 * Unpacks zlib data (RFC 1950), as PNG files hold it.
 *
 * @throws RangeError if the data is corrupt or cut off, or more than `maxBytes` come out
 */
export async function inflate(bytes: Uint8Array, options: UnpackOptions): Promise<Uint8Array> {
  const who = `inflate ${JSON.stringify(options.name)}`;
  return unpack(streamedChunks(whole(bytes), "deflate", who), who, bytes.length * 4, options.maxBytes);
}

/**
 * The first `count` bytes of a gzip file's content, or fewer: enough to look at a header without unpacking the rest.
 *
 * @throws RangeError if the data is not gzip, or corrupt or cut off before `count` bytes are out
 */
export async function gunzipStart(bytes: Uint8Array, count: number, name: string): Promise<Uint8Array> {
  const who = `gunzip ${JSON.stringify(name)}`;
  if (!isGzip(bytes)) throw new InputRangeError(who, "gzip data", "something else", "damaged-file");
  const output = new GrowingBytes(count, count);
  for await (const chunk of memberChunks(whole(bytes), who)) {
    output.append(chunk.subarray(0, count - output.length));
    if (output.length === count) break;
  }
  return output.bytes();
}

async function unpack(
  chunks: AsyncIterable<Uint8Array>,
  who: string,
  guess: number,
  maxBytes: number,
): Promise<Uint8Array> {
  const output = new GrowingBytes(guess, maxBytes);
  for await (const chunk of chunks) {
    if (output.length + chunk.length > maxBytes) {
      throw tooLarge(who, maxBytes);
    }
    output.append(chunk);
  }
  return output.bytes();
}

/** The unpacked size in a gzip file's last four bytes, if it is plausible: only a first guess, as it may be wrong. */
function claimedSize(bytes: Uint8Array): number {
  if (bytes.length < 18) return 0;
  const claimed = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
  return Math.min(claimed, bytes.length * TRUSTED_RATIO);
}

/** Bytes that arrive piece by piece; where the first guess of the size was right, they are never copied again. */
export class GrowingBytes {
  length = 0;
  private memory: Uint8Array;
  private readonly maxBytes: number;

  constructor(guess: number, maxBytes: number) {
    this.memory = new Uint8Array(Math.min(guess, maxBytes));
    this.maxBytes = maxBytes;
  }

  append(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    if (needed > this.memory.length) {
      const larger = new Uint8Array(Math.min(Math.max(needed, this.memory.length * 2), this.maxBytes));
      larger.set(this.memory.subarray(0, this.length));
      this.memory = larger;
    }
    this.memory.set(chunk, this.length);
    this.length = needed;
  }

  bytes(): Uint8Array {
    return this.memory.subarray(0, this.length);
  }
}

/**
 * Unpacks a gzip file that arrives piece by piece.
 *
 * @param open gives the file's pieces from its start, each time that it is called
 * @param allowed the most bytes that may come out: see `allowedBytes`
 * @throws RangeError if the data is corrupt or cut off, or more comes out
 */
export async function* gunzipChunks(
  open: () => AsyncIterable<Uint8Array>,
  name: string,
  allowed: number,
): AsyncGenerator<Uint8Array, void, void> {
  const who = `gunzip ${JSON.stringify(name)}`;
  let unpacked = 0;
  for await (const chunk of memberChunks(open, who)) {
    unpacked += chunk.length;
    checkExpansion(who, unpacked, allowed);
    yield chunk;
  }
}

/** The pieces of a file that is in memory: one. */
function whole(bytes: Uint8Array): () => AsyncIterable<Uint8Array> {
  return async function* () {
    yield bytes;
  };
}

/**
 * Unpacks all members of a gzip file, piece by piece.
 *
 * The host's stream unpacks the first one. Of several, some hosts' streams unpack all, some end or fail after the first; so where it
 * fails, or not as much came out as the file's end says, zlib's port to JavaScript starts again and goes on behind what was handed out.
 */
async function* memberChunks(
  open: () => AsyncIterable<Uint8Array>,
  who: string,
): AsyncGenerator<Uint8Array, void, void> {
  const end = new Uint8Array(4);
  async function* watched() {
    for await (const piece of open()) {
      const last = piece.subarray(-4);
      end.copyWithin(0, last.length);
      end.set(last, 4 - last.length);
      yield piece;
    }
  }
  let unpacked = 0;
  try {
    for await (const chunk of streamedChunks(watched, "gzip", who)) {
      unpacked += chunk.length;
      yield chunk;
    }
    if (new DataView(end.buffer).getUint32(0, true) === unpacked % 2 ** 32) return;
  } catch (error) {
    if (!(error instanceof NotWhole)) throw error;
  }
  const packed = new GrowingBytes(0, MAX_PACKED_BYTES);
  for await (const piece of open()) {
    if (packed.length + piece.length > MAX_PACKED_BYTES) throw new NotWhole(who, "gzip");
    packed.append(piece);
  }
  const { gunzipMembers } = await import("./gzip-members.ts");
  let place = 0;
  for await (const piece of gunzipMembers(who, packed.bytes())) {
    const behind = piece.subarray(Math.max(0, Math.min(piece.length, unpacked - place)));
    place += piece.length;
    if (behind.length > 0) yield behind;
  }
}

/** The error for data of which more comes out than is allowed. */
export function tooLarge(who: string, maxBytes: number, cause?: unknown): InputRangeError {
  return new InputRangeError(who, `at most ${maxBytes} bytes unpacked`, "more", "too-large", { cause });
}

/** The error for data that the host does not unpack. */
export class NotWhole extends InputRangeError {
  constructor(who: string, format: string, cause?: unknown) {
    super(who, `whole ${format} data`, "data that is corrupt or cut off", "damaged-file", { cause });
  }
}

/** Pieces of any size as a stream of small slices, handed out as they are asked for. */
function slicedPieces(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const source = pieces[Symbol.asyncIterator]();
  let piece: Uint8Array = new Uint8Array(0);
  let begin = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        while (begin >= piece.length) {
          const next = await source.next();
          if (next.done === true) return controller.close();
          piece = next.value;
          begin = 0;
        }
        controller.enqueue(new Uint8Array(piece.subarray(begin, begin + SLICE_BYTES)));
        begin += SLICE_BYTES;
      },
      async cancel() {
        await source.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

async function* streamedChunks(
  open: () => AsyncIterable<Uint8Array>,
  format: "gzip" | "deflate",
  who: string,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = slicedPieces(open()).pipeThrough(new DecompressionStream(format)).getReader();
  try {
    while (true) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        // A source that fails tells of itself.
        if (cause instanceof RangeError || (cause instanceof Error && "path" in cause)) throw cause;
        throw new NotWhole(who, format, cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
