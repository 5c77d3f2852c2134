import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { entryName } from "../../../src/data/read/zip-names.ts";

const UTF8_FLAG = 0x800;
const NO_EXTRA = new Uint8Array(0);

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Info-ZIP's Unicode path field: 0x7075, length, version, checksum of the other name, the name in UTF-8. */
function unicodeField(name: string, other: Uint8Array, version = 1): Uint8Array {
  const field = Buffer.alloc(9);
  field.writeUInt16LE(0x7075, 0);
  field.writeUInt16LE(5 + utf8(name).length, 2);
  field.writeUInt8(version, 4);
  field.writeUInt32LE(crc32(other), 5);
  return new Uint8Array(Buffer.concat([field, utf8(name)]));
}

describe("names in ZIP archives", () => {
  it("are UTF-8 where bit 11 says so, and where the bytes are", () => {
    expect(entryName(utf8("Bär/Ω.png"), UTF8_FLAG, NO_EXTRA)).toBe("Bär/Ω.png");
    expect(entryName(utf8("Bär/Ω.png"), 0, NO_EXTRA)).toBe("Bär/Ω.png");
  });

  it("are code page 437 where they are no UTF-8, so that two stay two", () => {
    const bear = Uint8Array.of(0x42, 0x84, 0x72);
    const drill = Uint8Array.of(0x42, 0x94, 0x72);
    expect([bear, drill].map((bytes) => entryName(bytes, 0, NO_EXTRA))).toEqual(["Bär", "Bör"]);
    // Python's codec cp437 of the bytes 128, 155, 171, 225, 244, 254, 255.
    const bytes = Uint8Array.of(0x80, 0x9b, 0xab, 0xe1, 0xf4, 0xfe, 0xff);
    expect(entryName(bytes, 0, NO_EXTRA)).toBe("Ç¢½ß⌠■\u00a0");
    expect(entryName(bear, UTF8_FLAG, NO_EXTRA)).toBe("Bär");
  });

  it("are those of the Unicode field, if it is for the name that stands there", () => {
    const name = Uint8Array.of(0x42, 0x84, 0x72);
    const other = Uint8Array.of(1, 0, 2, 0, 9, 9);
    const field = unicodeField("Медведь", name);
    expect(entryName(name, 0, field)).toBe("Медведь");
    expect(entryName(name, 0, new Uint8Array([...other, ...field]))).toBe("Медведь");
    expect(entryName(name, 0, unicodeField("Медведь", utf8("Bar")))).toBe("Bär");
    expect(entryName(name, 0, unicodeField("Медведь", name, 2))).toBe("Bär");
    expect(entryName(name, 0, field.subarray(0, 12))).toBe("Bär");
    expect(entryName(utf8("Bär"), UTF8_FLAG, unicodeField("Медведь", utf8("Bär")))).toBe("Bär");
  });
});
