import { deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { gunzip, gunzipChunks, gunzipStart, inflate, isGzip } from "../../src/data/gzip.ts";

/** Bytes that don't pack well, so that they pass several slices. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 16;
  });
}

const plain = noise(300_000);
const packed = new Uint8Array(gzipSync(plain));
const options = { name: "f.gz", maxBytes: 1_000_000 };

describe("gunzip", () => {
  it.each([0, 1, 17, 16_384, 300_000])("gives back %d bytes packed by zlib", async (length) => {
    const bytes = plain.subarray(0, length);
    expect(Buffer.from(bytes).equals(await gunzip(gzipSync(bytes), options))).toBe(true);
  });

  it("unpacks what packs far better than expected", async () => {
    const unpacked = await gunzip(gzipSync(new Uint8Array(900_000).fill(7)), options);
    expect([unpacked.length, unpacked[0], unpacked[899_999]]).toEqual([900_000, 7, 7]);
  });

  it("allows exactly the bound", async () => {
    expect((await gunzip(packed, { ...options, maxBytes: 300_000 })).length).toBe(300_000);
    const bounded = gunzip(packed, { ...options, maxBytes: 299_999 });
    await expect(bounded).rejects.toThrow(
      new RangeError('gunzip "f.gz": expected at most 299999 bytes unpacked, got more'),
    );
  });

  it("stops a bomb at the bound", async () => {
    const bomb = gzipSync(new Uint8Array(200_000_000), { level: 1 });
    const before = process.memoryUsage().arrayBuffers;
    await expect(gunzip(bomb, options)).rejects.toThrow("at most 1000000 bytes");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40_000_000);
  });

  it.each([10, 18, 100, 150_000, packed.length - 9, packed.length - 8, packed.length - 1])(
    "refuses the first %d bytes of a file",
    async (length) => {
      const cut = gunzip(packed.subarray(0, length), options);
      await expect(cut).rejects.toThrow(RangeError);
      await expect(cut).rejects.toThrow('gunzip "f.gz": expected whole gzip data, got data that is corrupt or cut off');
    },
  );

  it.each([20, 1000, 200_000, packed.length - 6, packed.length - 2])("refuses a flipped bit at %d", async (index) => {
    const corrupt = packed.slice();
    corrupt[index] ^= 0x10;
    await expect(gunzip(corrupt, options)).rejects.toThrow(RangeError);
  });

  it("refuses what is not gzip", async () => {
    await expect(gunzip(plain, options)).rejects.toThrow("expected gzip data, got something else");
    await expect(gunzip(new Uint8Array(0), options)).rejects.toThrow(RangeError);
  });
});

/** Hosts' streams: one that unpacks all members, ones that fail or end behind the first. */
const HOSTS: [name: string, afterFirst: "all" | "fails" | "ends"][] = [
  ["a host that unpacks all members", "all"],
  ["a host that fails after the first member", "fails"],
  ["a host that ends with the first member", "ends"],
];

/** A stream of the host's that meets only the first `length` bytes in the way that is said. */
function hostStream(length: number, afterFirst: "all" | "fails" | "ends"): typeof DecompressionStream {
  return class extends TransformStream<BufferSource, Uint8Array<ArrayBuffer>> {
    constructor() {
      const pieces: Uint8Array[] = [];
      super({
        transform(chunk) {
          if (ArrayBuffer.isView(chunk)) pieces.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
        },
        flush(controller) {
          const bytes = Buffer.concat(pieces);
          controller.enqueue(new Uint8Array(gunzipSync(afterFirst === "all" ? bytes : bytes.subarray(0, length))));
          if (afterFirst === "fails" && bytes.length > length)
            throw new TypeError("Junk found after end of compressed data.");
        },
      });
    }
  };
}

describe.each(HOSTS)("several members, on %s", (_, afterFirst) => {
  const parts = [plain.subarray(0, 100_000), plain.subarray(100_000, 100_000), plain.subarray(100_000)];
  // `gzip -N` writes the name; bgzip an extra field; all of it, with the header's checksum, is in RFC 1952.
  const header = (flags: number) => Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255]);
  const named = (bytes: Uint8Array, flags: number, fields: number[]) =>
    Buffer.concat([header(flags), Buffer.from(fields), gzipSync(bytes).subarray(10)]);
  const members = [
    gzipSync(parts[0]),
    named(parts[1], 4 | 8 | 16, [3, 0, 1, 2, 3, 97, 0, 98, 99, 0]),
    named(parts[2], 8, [100, 0]),
  ];
  const all = Buffer.concat(members);
  const withHost = async <T>(work: () => Promise<T>): Promise<T> => {
    vi.stubGlobal("DecompressionStream", hostStream(members[0].length, afterFirst));
    try {
      return await work();
    } finally {
      vi.unstubAllGlobals();
    }
  };

  it("are unpacked one behind the other, whole or piece by piece, also with zeros behind them", async () => {
    for (const zeros of [0, 1, 4, 7, 513]) {
      const bytes = Buffer.concat([all, Buffer.alloc(zeros)]);
      expect(Buffer.from(plain).equals(await withHost(() => gunzip(bytes, options))), `${zeros} zeros`).toBe(true);
      const pieces: Uint8Array[] = [];
      const open = async function* () {
        for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001);
      };
      await withHost(async () => {
        for await (const piece of gunzipChunks(open, "f.gz", 1_000_000)) pieces.push(piece);
      });
      expect(Buffer.concat(pieces).equals(plain)).toBe(true);
    }
  });

  it("are refused where one is cut off or corrupt, or something else follows", async () => {
    const flipped = Buffer.from(all);
    flipped[all.length - 5000] ^= 1;
    const wrong = Buffer.from(all);
    wrong[all.length - 3] ^= 1;
    for (const bytes of [all.subarray(0, -1), all.subarray(0, members[0].length + 5), flipped, wrong]) {
      await expect(withHost(() => gunzip(bytes, options))).rejects.toThrow("expected whole gzip data");
    }
    const more = Buffer.concat([all, Buffer.from("more")]);
    await expect(withHost(() => gunzip(more, options))).rejects.toThrow(
      `expected nothing but gzip data and zeros, got something else at byte ${all.length}`,
    );
    await expect(withHost(() => gunzip(all, { ...options, maxBytes: 299_999 }))).rejects.toThrow(
      "at most 299999 bytes",
    );
  });
});

describe("gunzipStart", () => {
  it("gives the first bytes, even of a file that is cut off later", async () => {
    const start = [...plain.subarray(0, 20)];
    expect([...(await gunzipStart(packed, 20, "f.gz"))]).toEqual(start);
    expect([...(await gunzipStart(packed.subarray(0, 200_000), 20, "f.gz"))]).toEqual(start);
    expect((await gunzipStart(gzipSync(plain.subarray(0, 5)), 20, "f.gz")).length).toBe(5);
  });
});

describe("inflate", () => {
  it("unpacks zlib data, within the bound", async () => {
    const zlib = new Uint8Array(deflateSync(plain));
    expect(Buffer.from(plain).equals(await inflate(zlib, options))).toBe(true);
    await expect(inflate(zlib, { ...options, maxBytes: 1000 })).rejects.toThrow("at most 1000 bytes unpacked");
    await expect(inflate(zlib.subarray(0, 1000), options)).rejects.toThrow("corrupt or cut off");
    await expect(inflate(packed, options)).rejects.toThrow("corrupt or cut off");
  });
});

it("isGzip knows gzip by its first bytes", () => {
  expect([isGzip(packed), isGzip(plain), isGzip(Uint8Array.of(0x1f))]).toEqual([true, false, false]);
});
