import { crc32 as zlib } from "node:zlib";
import { expect, it } from "vitest";
import { crc32 } from "../../src/numeric/crc32.ts";

it("is zlib's checksum, for every length", () => {
  const bytes = Uint8Array.from({ length: 70 }, (_, i) => (i * 167) & 255);
  for (let length = 0; length <= 70; length++) {
    expect(crc32(bytes.subarray(0, length)), `${length}`).toBe(zlib(bytes.subarray(0, length)));
  }
  // The format's own check value.
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});
