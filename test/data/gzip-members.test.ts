import { constants, gunzipSync, gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { gunzipMembers } from "../../src/data/gzip-members.ts";
import { RandomStream } from "../../src/numeric/random.ts";

async function unpacked(bytes: Uint8Array): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of gunzipMembers("test", bytes)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const stream = RandomStream.from(1, "gzip members");
const noise = Uint8Array.from({ length: 150_000 }, (_, i) => stream.integer(i, 256));
const text = new TextEncoder().encode(Array.from({ length: 30_000 }, (_, i) => i * i).join());
const INPUTS: [what: string, bytes: Uint8Array][] = [
  ["nothing", new Uint8Array(0)],
  ["one byte", Uint8Array.of(7)],
  ["zeros", new Uint8Array(300_000)],
  ["noise", noise],
  // What is handed out at once, and one more.
  ["a whole piece", noise.subarray(0, 65_536)],
  ["a piece and a byte", noise.subarray(0, 65_537)],
  ["text", text],
];

it.each(INPUTS)("unpacks %s as zlib packs it, alone, twice, and before zeros", async (_, bytes) => {
  const { Z_FIXED, Z_HUFFMAN_ONLY, Z_DEFAULT_STRATEGY } = constants;
  for (const level of [0, 6]) {
    for (const strategy of [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY]) {
      const packed = gzipSync(bytes, { level, strategy });
      expect((await unpacked(packed)).equals(bytes)).toBe(true);
      const several = await unpacked(Buffer.concat([packed, packed, Buffer.alloc(512)]));
      expect(several.equals(Buffer.concat([bytes, bytes]))).toBe(true);
    }
  }
});

it("refuses what follows a member and is none", async () => {
  const packed = gzipSync(text);
  const message = `expected nothing but gzip data and zeros, got something else at byte ${packed.length + 3}`;
  await expect(unpacked(Buffer.concat([packed, Buffer.from([0, 0, 0, 9])]))).rejects.toThrow(message);
});

it("takes and refuses what zlib takes and refuses of 2,000 damaged files", async () => {
  const whole = gzipSync(text.subarray(0, 600), { level: 9 });
  let taken = 0;
  for (let i = 0; i < 2000; i++) {
    const bytes = Buffer.from(whole.subarray(0, i % 5 === 0 ? stream.integer(4 * i, whole.length) : whole.length));
    if (i % 5 !== 0)
      bytes[stream.integer(4 * i + 1, i % 2 === 0 ? 60 : bytes.length)] ^= 1 << stream.integer(4 * i + 2, 8);
    let expected: Buffer | undefined;
    try {
      expected = gunzipSync(bytes);
    } catch {}
    if (expected === undefined) await expect(unpacked(bytes), `file ${i}`).rejects.toThrow(RangeError);
    else expect((await unpacked(bytes)).equals(expected), `file ${i}`).toBe(true);
    if (expected !== undefined) taken += 1;
  }
  // Time, operating system and the like may change.
  expect(taken).toBeGreaterThan(50);
});
