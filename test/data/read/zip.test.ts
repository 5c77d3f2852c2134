import { crc32, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { dataFile } from "../../../src/data/read/data-file.ts";
import { readZip } from "../../../src/data/read/zip.ts";
import { inputs, refusal } from "./files.ts";

function bytesOf(name: string): Uint8Array {
  const [{ bytes }] = inputs(name);
  return new Uint8Array(bytes instanceof Uint8Array ? bytes : []).slice();
}

/** The last index of a number's bytes. */
function find(bytes: Uint8Array, signature: number): number {
  const view = new DataView(bytes.buffer);
  for (let at = bytes.length - 4; at >= 0; at--) if (view.getUint32(at, true) === signature) return at;
  throw new Error("not found");
}

const CENTRAL = 0x02014b50;
const END = 0x06054b50;

/** An archive with four bytes at `offset` of its last directory entry (or end record) replaced. */
function changed(name: string, signature: number, offset: number, value: number, width: 2 | 4 = 4): Uint8Array {
  const bytes = bytesOf(name);
  const view = new DataView(bytes.buffer);
  const at = find(bytes, signature) + offset;
  if (width === 4) view.setUint32(at, value, true);
  else view.setUint16(at, value, true);
  return bytes;
}

/** An archive of one deflated file, by the format's description. */
function oneEntry(name: string, content: Buffer): Uint8Array {
  const packed = deflateRawSync(content, { level: 9 });
  const fields = Buffer.alloc(26);
  fields.set([20, 0, 0, 0, 8, 0]);
  fields.writeUInt32LE(crc32(content), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(content.length, 18);
  fields.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(name), packed]);
  const central = Buffer.concat([Buffer.from("PK\x01\x02\x14\0"), fields, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return new Uint8Array(Buffer.concat([local, central, end]));
}

describe("ZIP archives", () => {
  it("refuses a file under another name than in the directory", async () => {
    const bytes = bytesOf("stored.npz");
    bytes[Buffer.from(bytes).indexOf("x_train.npy")] += 1;
    const [file] = await readZip(dataFile({ name: "renamed.npz", bytes }));
    await expect(file.bytes()).rejects.toThrow(/file "x_train.npy": expected the same name there as in the directory/);
  });

  it("lists the files and unpacks each", async () => {
    for (const name of ["stored.npz", "deflated.npz", "zip64.npz"]) {
      const files = await readZip(dataFile({ name, bytes: bytesOf(name) }));
      expect(files.map((file) => file.name)).toEqual(["x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"]);
      for (const file of files) {
        const bytes = await file.bytes();
        expect(bytes).toHaveLength(await file.size());
        expect(await file.start(10)).toEqual(bytes.slice(0, 10));
      }
    }
  });

  it.each<[what: string, bytes: Uint8Array, message: RegExp]>([
    ["an archive that is cut off", bytesOf("deflated.npz").subarray(0, 500), /expected a whole ZIP archive/],
    ["a directory outside of the file", changed("stored.npz", END, 16, 0xfffffff0), /directory inside the file/],
    ["more entries than there is room for", changed("stored.npz", END, 10, 60_000, 2), /inside the file, got 60000/],
    [
      "fewer entries than the end says",
      changed("stored.npz", END, 10, 5, 2),
      /expected a directory inside the file, got 5 entries/,
    ],
    [
      "an entry elsewhere",
      changed("stored.npz", CENTRAL, 42, 7),
      /"y_test.npy": expected it at byte 7, got something else/,
    ],
    ["an entry beyond the end", changed("stored.npz", CENTRAL, 42, 0x7fffffff), /expected it at byte 2147483647/],
    [
      "entries larger than the file",
      changed("deflated.npz", CENTRAL, 20, 0x7fffffff),
      /expected entries beside each other/,
    ],
    [
      "an unpacked size too small",
      changed("deflated.npz", CENTRAL, 24, 20),
      /expected at most 20 bytes unpacked|corrupt|expected a header of 128 bytes, got 20/,
    ],
    ["a wrong checksum", changed("deflated.npz", CENTRAL, 16, 1), /expected whole gzip data, got data that is corrupt/],
    ["another method", changed("deflated.npz", CENTRAL, 10, 14, 2), /stored or deflated .* got method 14/],
    ["a password", changed("deflated.npz", CENTRAL, 8, 1, 2), /expected files without a password/],
    [
      "sizes of 64 bits that are not there",
      changed("deflated.npz", CENTRAL, 24, 0xffffffff),
      /size of 64 bits, got none/,
    ],
  ])("refuses %s", async (_, bytes, message) => {
    expect(await refusal([{ name: "a.npz", bytes }])).toMatch(message);
  });

  it("refuses an archive out of which far more comes than out of data, before it is unpacked, unless told so", async () => {
    const bytes = oneEntry("x_train.npy", Buffer.alloc(80 * 2 ** 20));
    const archive = dataFile({ name: "bomb.npz", bytes });
    await expect(readZip(archive)).rejects.toThrow(
      `readZip "bomb.npz": expected at most ${64 * 2 ** 20 + 100 * bytes.length} bytes to come out of so small a file, got more`,
    );
    const [file] = await readZip(archive, { maxExpansion: 1100 });
    expect(await file.start(4)).toEqual(new Uint8Array(4));
  });

  it("checks stored files by their checksum: numpy's savez packs nothing", async () => {
    const bytes = bytesOf("stored.npz");
    const at = Buffer.from(bytes).indexOf("x_train.npy") + 200;
    bytes[at] ^= 4;
    expect(await refusal([{ name: "flipped.npz", bytes }])).toBe(
      'readZip "flipped.npz", file "x_train.npy": expected it to fit its checksum, got corrupt data',
    );
  });

  it("reads or refuses what is damaged, and never fails otherwise", async () => {
    const whole = bytesOf("deflated.npz");
    for (let i = 0; i < 400; i++) {
      const bytes = whole.slice();
      for (let k = 0; k < 4; k++) bytes[4 + ((i * 7919 + k * 104_729) % (whole.length - 4))] = (i * 31 + k * 17) & 255;
      const files = await readZip(dataFile({ name: "damaged.npz", bytes })).catch((error: unknown) => {
        expect(error).toBeInstanceOf(RangeError);
        return [];
      });
      for (const file of files) await file.bytes().catch((error: unknown) => expect(error).toBeInstanceOf(RangeError));
    }
  });
});
