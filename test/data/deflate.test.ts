import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { expect, it } from "vitest";
import { inflateAt } from "../../src/data/deflate.ts";
import { RandomStream } from "../../src/numeric/random.ts";

/** What comes out, and where the data ends. */
function unpacked(bytes: Uint8Array, at = 0): { data: Buffer; end: number } {
  const pieces: Buffer[] = [];
  const generator = inflateAt(bytes, at);
  for (;;) {
    const next = generator.next();
    if (next.done === true) return { data: Buffer.concat(pieces), end: next.value };
    pieces.push(Buffer.from(next.value));
  }
}

const stream = RandomStream.from(1, "deflate");
const noise = Uint8Array.from({ length: 150_000 }, (_, i) => stream.integer(i, 256));
const INPUTS: [what: string, bytes: Uint8Array][] = [
  ["nothing", new Uint8Array(0)],
  ["one byte", Uint8Array.of(7)],
  ["zeros", new Uint8Array(300_000)],
  ["noise", noise],
  ["few values", noise.map((value) => value & 3)],
  ["repeats from afar", Uint8Array.from({ length: 200_000 }, (_, i) => noise[i % 32_768])],
  ["text", new TextEncoder().encode(Array.from({ length: 30_000 }, (_, i) => i * i).join())],
];

it.each(INPUTS)("unpacks %s as zlib packs it, and says where it ends", (_, bytes) => {
  const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_DEFAULT_STRATEGY } = constants;
  for (const level of [0, 1, 6, 9]) {
    for (const strategy of [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE]) {
      const packed = deflateRawSync(bytes, { level, strategy });
      const { data, end } = unpacked(Buffer.concat([Buffer.of(1, 2, 3), packed, Buffer.of(9, 9)]), 3);
      expect(end).toBe(3 + packed.length);
      expect(data.equals(bytes)).toBe(true);
    }
  }
});

it("takes and refuses what zlib takes and refuses of 2,000 damaged streams", () => {
  const whole = deflateRawSync(INPUTS[6][1].subarray(0, 600), { level: 9 });
  let taken = 0;
  for (let i = 0; i < 2000; i++) {
    const bytes = Buffer.from(whole.subarray(0, i % 5 === 0 ? stream.integer(4 * i, whole.length) : whole.length));
    if (i % 5 !== 0)
      bytes[stream.integer(4 * i + 1, i % 2 === 0 ? 60 : bytes.length)] ^= 1 << stream.integer(4 * i + 2, 8);
    let expected: Buffer | undefined;
    try {
      expected = inflateRawSync(bytes);
    } catch {}
    if (expected === undefined) expect(() => unpacked(bytes), `stream ${i}`).toThrow(RangeError);
    else expect(unpacked(bytes).data.equals(expected), `stream ${i}`).toBe(true);
    if (expected !== undefined) taken += 1;
  }
  expect(taken).toBeGreaterThan(100);
});
