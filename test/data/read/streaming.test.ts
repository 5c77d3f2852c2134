import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type AnyDataset, type Dataset, takeDataset } from "../../../src/data/dataset.ts";
import { encodeIdx } from "../../../src/data/idx.ts";
import { loadDataset } from "../../../src/data/load-dataset.ts";
import { type DataFile, type DataFileInput, dataFile } from "../../../src/data/read/data-file.ts";
import { withHdf5 } from "../../../src/data/read/hdf5.ts";
import type { ReadDataOptions } from "../../../src/data/read/options.ts";
import { readDataFiles } from "../../../src/data/read/read-files.ts";
import { readData } from "../../../src/data/read-data.ts";
import { inputs } from "./files.ts";
import { npyFile } from "./npy-writer.ts";

const N = 40;
const SHAPE = [5, 4, 3] as const;
const SIZE = 60;
const labels = Uint8Array.from({ length: N }, (_, i) => (i * 7) % 3);
const noise = (i: number) => (i * 7919 + (i >> 3) * 31) % 256;
const bytes = Uint8Array.from({ length: N * SIZE }, (_, i) => noise(i));

function npy(images: Uint8Array | Uint16Array | Float32Array, shape: readonly number[] = SHAPE): DataFileInput[] {
  return [npyFile("x_train.npy", [N, ...shape], images), npyFile("y_train.npy", [N], labels)];
}

/** A safetensors file by the format's description: a length, a header in JSON, the numbers. */
function safetensors(tensors: Record<string, [dtype: string, shape: number[], data: Uint8Array | Float32Array]>) {
  let at = 0;
  const entries = Object.entries(tensors).map(([name, [dtype, shape, data]]) => {
    const begin = at;
    at += data.byteLength;
    return [name, { dtype, shape, data_offsets: [begin, at] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(header.length);
  const parts = Object.values(tensors).map(([, , data]) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return { name: "data.safetensors", bytes: new Uint8Array(Buffer.concat([length, header, ...parts])) };
}

const bytesOf = ({ bytes: content }: DataFileInput) => (content instanceof Uint8Array ? content : new Uint8Array());

/** Images that were read into memory, whatever the type of their numbers, with what goes with them. */
function values({ images, name, ...rest }: Dataset) {
  return { images: Array.from(images), ...rest };
}

async function expectSame(files: readonly DataFileInput[], options: ReadDataOptions = {}): Promise<AnyDataset> {
  const memory = await readData(files, { ...options, streaming: false });
  const streamed = await readData(files, { ...options, streaming: true });
  const [one, other] = [memory.train, streamed.train];
  if (one === undefined || other === undefined) throw new Error("no images to train on");
  expect(other).not.toHaveProperty("images");
  expect(values(await loadDataset(other))).toEqual(values(one));
  const some = [3, 3, one.length - 1, 0];
  expect(values(await loadDataset(takeDataset(other, some)))).toEqual(values(takeDataset(one, some)));
  expect(streamed.notes).toEqual(memory.notes);
  return other;
}

describe("arrays that stay in their files", () => {
  it("of bytes are those in memory", async () => {
    await expectSame(npy(bytes));
    await expectSame(npy(bytes), { stretch: true });
  });

  it.each<[string, (value: number) => number]>([
    ["floats from 0 to 1", (value) => value / 255],
    ["whole floats that are bytes", (value) => value],
    ["dark bytes", (value) => value % 40],
    ["values around zero", (value) => value / 10 - 12],
  ])("of %s have the unit that those in memory have", async (_, change) => {
    await expectSame(npy(Float32Array.from(bytes, change)), { stretch: true });
  });

  it("of floats with outliers are stretched alike", async () => {
    const many = Float32Array.from({ length: 300 * 1024 }, (_, i) => ((noise(i) * 3 + (i % 7)) % 800) - 100);
    many[777] = 1e6;
    const files = [
      npyFile("x_train.npy", [300, 32, 32], many),
      npyFile("y_train.npy", [300], new Uint8Array(300).fill(1, 9)),
    ];
    const memory = await readData(files, { stretch: true });
    const streamed = await readData(files, { stretch: true, streaming: true });
    expect(streamed.train?.scaling).toEqual(memory.train?.scaling);
    if (streamed.train === undefined) throw new Error("none");
    expect((await loadDataset(streamed.train)).images).toEqual(memory.train?.images);
    expect(streamed.notes.join()).toMatch(/without regard to few outside of that/);
  });

  it("with channels first, or of 16 bits, are turned as in memory", async () => {
    await expectSame(npy(bytes, [3, 5, 4]), { channelsFirst: true });
    await expectSame(npy(Uint16Array.from(bytes, (value) => value * 257)), { stretch: true });
  });

  it.each([
    ["floats.h5", {}, "contiguous floats"],
    ["other-names.h5", {}, "bytes in chunks that are shuffled and packed with gzip"],
    ["types.h5", { stretch: true }, "big-endian doubles behind a block of the user's"],
  ] satisfies [string, { stretch?: boolean }, string][])(
    "in HDF5 are those in memory: %s",
    async (name, options, _what) => {
      await expectSame(inputs(name), options);
    },
  );

  it.each(["bits-earliest.h5", "bits-latest.h5"])(
    "in HDF5 may have numbers that do not fill their bytes: %s",
    async (name) => {
      let compared = 0;
      await withHdf5(dataFile(inputs(name)[0]), { streaming: true }, async (arrays) => {
        for (const array of arrays) {
          if (!/^u?int\d+$/.test(array.name)) continue;
          const [whole, rows] = [await array.read(), await array.rows?.()];
          const width = whole.bytes.length / 4;
          const wanted = [3, 0].flatMap((i) => [...whole.bytes.subarray(i * width, (i + 1) * width)]);
          expect([...((await rows?.(Uint32Array.of(3, 0)))?.bytes ?? [])], array.name).toEqual(wanted);
          compared += 1;
        }
      });
      expect(compared).toBe(8);
    },
  );

  it("in HDF5 are read by parts, and packed ones by chunk", async () => {
    const [file] = inputs("other-names.h5");
    const whole = dataFile(file);
    let read = 0;
    const ranged: DataFile = {
      ...whole,
      bytes: () => Promise.reject(new Error("the whole file")),
      rangeNow(begin, end) {
        read += end - begin;
        return whole.rangeNow?.(begin, end) ?? new Uint8Array();
      },
    };
    const { train } = await readDataFiles([ranged], { streaming: true });
    if (train === undefined || !("read" in train)) throw new Error("not streamed");
    const memory = await readData([file]);
    const some = Uint32Array.of(5, 0, 4);
    const wanted = memory.train && takeDataset(memory.train, some).images;
    expect(await train.read(some)).toEqual({ images: wanted, labels: undefined });
    expect(read).toBeGreaterThan(0);
    // Larger than what may be in memory, and read by range without being asked to.
    const auto = await readDataFiles([ranged], { streaming: "auto", memoryLimit: 1e-6 });
    expect(auto.train).toHaveProperty("read");
  });

  it("in HDF5 that is packed as a whole, or damaged, are refused in a line", async () => {
    const [file] = inputs("floats.h5");
    const packed = { name: "floats.h5.gz", bytes: gzipSync(bytesOf(file)) };
    await expect(readData([packed], { streaming: true })).rejects.toThrow(
      'readHdf5 "floats.h5", "x_train": expected a file whose rows can be read by range, got one that is packed, or in Fortran\'s order; without --streaming (streaming) it is read into memory',
    );
    const cut = { ...file, bytes: bytesOf(file).slice(0, 1000) };
    await expect(readData([cut], { streaming: true })).rejects.toThrow(/expected a whole HDF5 file/);
    const [lzf] = inputs("filter-lzf.h5");
    await expect(readData([lzf], { streaming: true })).rejects.toThrow(/LZF \(HDF5 filter 32000\)/);
  });

  it("in safetensors and IDX files are read likewise", async () => {
    const images = Float32Array.from(bytes, (value) => value / 255);
    await expectSame([safetensors({ x_train: ["F32", [N, ...SHAPE], images], y_train: ["U8", [N], labels] })]);
    const idx = [
      { name: "train-images-idx3-ubyte", bytes: encodeIdx([N, 5, 12], bytes) },
      { name: "train-labels-idx1-ubyte", bytes: encodeIdx([N], labels) },
    ];
    await expectSame(idx, { stretch: true });
  });

  it("are chosen by their size alone, where that is asked for", async () => {
    const small = await readData(npy(bytes), { streaming: "auto" });
    expect(small.train).toHaveProperty("images");
    const large = await readData(npy(bytes), { streaming: "auto", memoryLimit: 0.001 });
    expect(large.train).toHaveProperty("read");
    expect(large.train).toMatchObject({ length: N, shape: SHAPE, labels });
  });

  it("have to be readable by range, or are read into memory where that is left open", async () => {
    const packed = inputs("deflated.npz");
    await expect(readData(packed, { streaming: true })).rejects.toThrow(
      /whose rows can be read by range, got one that is packed/,
    );
    const { train } = await readData(packed, { streaming: "auto", memoryLimit: 1e-5 });
    expect(train).toHaveProperty("images");
    const csv = [{ name: "a.csv", bytes: new TextEncoder().encode("label,a,b,c,d\n1,0,255,0,255\n0,255,0,255,0\n") }];
    await expect(readData(csv, { streaming: true })).rejects.toThrow(
      /streaming.*only with pictures, NumPy, HDF5, IDX, safetensors/,
    );
  });

  it("are told apart where a value is not finite, or the file ends early", async () => {
    const values = Float32Array.from(bytes);
    values[SIZE * 11 + 4] = Number.NaN;
    await expect(readData(npy(values), { streaming: true, stretch: true })).rejects.toThrow(
      /finite pixels, got NaN in image 11/,
    );
    const [x, y] = npy(bytes);
    if (!(x.bytes instanceof Uint8Array)) throw new Error("bytes");
    const cut = { name: x.name, bytes: x.bytes.subarray(0, x.bytes.length - 5) };
    await expect(readData([cut, y], { streaming: true })).rejects.toThrow(/a file of \d+ bytes/);
  });
});
