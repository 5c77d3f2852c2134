import { InputRangeError } from "../../errors.ts";

/** Bytes at the start of a text that tell how it is encoded. */
const MARKS: readonly { readonly bytes: readonly number[]; readonly encoding: string }[] = [
  { bytes: [0xff, 0xfe, 0, 0], encoding: "utf-32" },
  { bytes: [0, 0, 0xfe, 0xff], encoding: "utf-32" },
  { bytes: [0xff, 0xfe], encoding: "utf-16le" },
  { bytes: [0xfe, 0xff], encoding: "utf-16be" },
  { bytes: [0xef, 0xbb, 0xbf], encoding: "utf-8" },
];

const LONGEST_MARK = 4;

function markOf(start: Uint8Array) {
  return MARKS.find(({ bytes }) => bytes.every((byte, i) => start[i] === byte));
}

/** True if bytes start with a mark of a text's encoding. */
export function hasTextMark(start: Uint8Array): boolean {
  return markOf(start) !== undefined;
}

/**
 * A text as UTF-8, piece by piece: turned if a mark at its start says UTF-16, as it is else. The mark is left out.
 *
 * @param who stands in error messages
 * @throws RangeError for UTF-32, and for UTF-16 that is cut off or corrupt
 */
export async function* utf8Pieces(
  who: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  let start: Uint8Array | undefined = new Uint8Array(0);
  let turn = (bytes: Uint8Array, _isLast: boolean) => bytes;
  for await (const piece of pieces) {
    if (start === undefined) {
      yield turn(piece, false);
      continue;
    }
    start = joined(start, piece);
    if (start.length < LONGEST_MARK) continue;
    turn = converterFor(who, start);
    yield turn(start, false);
    start = undefined;
  }
  if (start !== undefined) turn = converterFor(who, start);
  yield turn(start ?? new Uint8Array(0), true);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** A function that converts the pieces of a text that begins with `start` to UTF-8; the first piece is `start` itself. */
function converterFor(who: string, start: Uint8Array): (bytes: Uint8Array, isLast: boolean) => Uint8Array {
  const mark = markOf(start);
  if (mark === undefined) return (bytes) => bytes;
  if (mark.encoding === "utf-32")
    throw new InputRangeError(who, "text in UTF-8 or UTF-16", "UTF-32", "unsupported-file");
  if (mark.encoding === "utf-8") return (bytes) => (bytes === start ? bytes.subarray(mark.bytes.length) : bytes);
  const decoder = new TextDecoder(mark.encoding, { fatal: true });
  const encoder = new TextEncoder();
  return (bytes, isLast) => {
    try {
      return encoder.encode(decoder.decode(bytes, { stream: !isLast }));
    } catch (cause) {
      throw new InputRangeError(who, "whole text in UTF-16", "text that is cut off or corrupt", "unsupported-file", {
        cause,
      });
    }
  };
}
