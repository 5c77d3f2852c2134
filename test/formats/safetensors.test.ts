import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from "../../src/formats/safetensors.ts";

/** A file put together by hand: header length, header, data. */
function file(header: unknown, data: ArrayLike<number> = [], headerLength?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, headerLength ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

function floats(values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

function tensor(shape: number[], values: number[]): SafetensorsTensor {
  return { dtype: "F32", shape, data: Float32Array.from(values) };
}

const entry = (begin: number, end: number, shape = [(end - begin) / 4], dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe("encodeSafetensors", () => {
  const tensors = new Map([
    ["conv1.weight", tensor([2, 3], [1, 2, 3, 4, 5, -0])],
    ["step", tensor([], [7])],
    ["none", tensor([0, 4], [])],
    ["ü", tensor([1], [Number.NaN])],
  ]);
  const metadata = { format: "convasm", text: 'a "quoted"\n text' };

  it("writes what the format describes", () => {
    const bytes = encodeSafetensors(tensors, metadata);
    const view = new DataView(bytes.buffer);
    const length = Number(view.getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      __metadata__: metadata,
      "conv1.weight": entry(0, 24, [2, 3]),
      step: entry(24, 28, []),
      none: entry(28, 28, [0, 4]),
      ü: entry(28, 32, [1]),
    });
    expect(bytes.length).toBe(8 + length + 32);
    expect(view.getFloat32(8 + length + 16, true)).toBe(5);
  });

  it("is read back, bit for bit", () => {
    const read = decodeSafetensors(encodeSafetensors(tensors, metadata));
    expect(read).toEqual({ tensors, metadata });
    expect([...read.tensors.keys()]).toEqual([...tensors.keys()]);
    expect(decodeSafetensors(encodeSafetensors(new Map(), {}))).toEqual({ tensors: new Map(), metadata: {} });
  });

  it("gives the same bytes again, and keeps views of larger arrays apart", () => {
    expect(encodeSafetensors(tensors, metadata)).toEqual(encodeSafetensors(tensors, metadata));
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const read = decodeSafetensors(encodeSafetensors(new Map([["a", { dtype: "F32" as const, shape: [2], data }]])));
    expect([...(read.tensors.get("a")?.data ?? [])]).toEqual([2, 3]);
  });

  it("refuses shapes that don't fit, and the reserved name", () => {
    expect(() => encodeSafetensors(new Map([["a", tensor([2, 2], [1])]]))).toThrow(
      new RangeError('encodeSafetensors "a": expected 4 values for shape [2, 2], got 1'),
    );
    expect(() => encodeSafetensors(new Map([["__metadata__", tensor([1], [1])]]))).toThrow(RangeError);
  });
});

describe("decodeSafetensors", () => {
  it("reads tensors in any order, and at any alignment", () => {
    const bytes = file({ b: entry(4, 12, [2]), a: entry(0, 4, [1, 1]) }, floats([1, 2, 3]));
    for (let shift = 0; shift < 4; shift++) {
      const shifted = new Uint8Array(bytes.length + shift);
      shifted.set(bytes, shift);
      const { tensors } = decodeSafetensors(shifted.subarray(shift));
      expect([...tensors.keys()]).toEqual(["b", "a"]);
      expect([...(tensors.get("b")?.data ?? [])]).toEqual([2, 3]);
      expect(tensors.get("a")).toMatchObject({ shape: [1, 1], data: Float32Array.of(1) });
    }
  });

  it("converts other floats when asked to", () => {
    // Known bit patterns: 1, -2, the largest half, the smallest, infinity, NaN, -0.
    const halves = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x7e00, 0x8000];
    const brains = [0x3f80, 0xc000, 0x7f80, 0x4049];
    const doubles = [1.5, -1e300, 0.1];
    const data = [
      ...new Uint8Array(Uint16Array.from(halves).buffer),
      ...new Uint8Array(Uint16Array.from(brains).buffer),
      ...new Uint8Array(Float64Array.from(doubles).buffer),
    ];
    const header = {
      h: entry(0, 14, [7], "F16"),
      b: entry(14, 22, [4], "BF16"),
      d: entry(22, 46, [3], "F64"),
    };
    const bytes = file(header, data);
    expect(() => decodeSafetensors(bytes, { name: "m" })).toThrow(
      new RangeError('safetensors "m": tensor "h": expected dtype F32, got F16; convert turns others into F32'),
    );
    // A Buffer lies somewhere in memory that others share, and its `slice` copies nothing.
    for (const given of [bytes, Buffer.from(bytes)]) {
      const { tensors } = decodeSafetensors(given, { convert: true });
      const values = (name: string) => [...(tensors.get(name)?.data ?? [])];
      expect(values("h")).toEqual([1, -2, 65504, 2 ** -24, Number.POSITIVE_INFINITY, Number.NaN, -0]);
      expect(values("b")).toEqual([1, -2, Number.POSITIVE_INFINITY, 3.140625]);
      expect(values("d")).toEqual([1.5, Number.NEGATIVE_INFINITY, Math.fround(0.1)]);
      expect(tensors.get("d")?.dtype).toBe("F32");
    }
    expect(() => decodeSafetensors(file({ n: entry(0, 1, [1], "F8_E5M2") }, [0]), { convert: true })).toThrow(
      /expected dtype F32, F16, BF16, F64, .*, got F8_E5M2$/,
    );
  });

  it("takes whole numbers among the weights where it is asked to, as PyTorch's count of batches, if floats hold them", () => {
    const counts = BigInt64Array.of(469n, -(2n ** 40n));
    const types: [dtype: string, values: ArrayBufferView, expected: number[]][] = [
      ["I64", counts, [469, -(2 ** 40)]],
      ["U64", BigUint64Array.of(2n ** 63n), [2 ** 63]],
      ["I32", Int32Array.of(-7, 2 ** 24), [-7, 2 ** 24]],
      ["U32", Uint32Array.of(2 ** 31), [2 ** 31]],
      ["I16", Int16Array.of(-300), [-300]],
      ["U16", Uint16Array.of(65_535), [65_535]],
      ["I8", Int8Array.of(-128), [-128]],
      ["U8", Uint8Array.of(255), [255]],
      ["BOOL", Uint8Array.of(1, 0), [1, 0]],
    ];
    for (const [dtype, values, expected] of types) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const whole = file({ n: entry(0, bytes.length, [expected.length], dtype) }, bytes);
      expect([...(decodeSafetensors(whole, { convert: true }).tensors.get("n")?.data ?? [])], dtype).toEqual(expected);
      expect(() => decodeSafetensors(whole)).toThrow(`expected dtype F32, got ${dtype}; convert turns others into F32`);
    }
    const large = new Uint8Array(BigInt64Array.of(2n ** 24n + 1n).buffer);
    expect(() => decodeSafetensors(file({ n: entry(0, 8, [1], "I64") }, large), { convert: true })).toThrow(
      'tensor "n": expected I64 values that F32 holds exactly, got 16777217 at index 0',
    );
  });

  const some = floats([1, 2, 3, 4]);
  const hostile: [string, Uint8Array, string][] = [
    ["nothing", new Uint8Array(0), "expected at least 10 bytes, got 0"],
    ["nine bytes", new Uint8Array(9), "expected at least 10 bytes, got 9"],
    ["a header of 10 GB", file({}, [], 10_000_000_000n), "at most 100000000 bytes, got 10000000000"],
    ["a header of 2^64 - 1", file({}, [], 2n ** 64n - 1n), "got 18446744073709551615"],
    ["a header longer than the file", file({}, some, 19n), "inside the file of 26 bytes, got 19 bytes"],
    ["an empty header", file({}, some, 0n), "expected a JSON object as header"],
    ["no JSON", file("{oops}"), "got text that is not JSON"],
    ["half a JSON text", file('{"a":'), "got text that is not JSON"],
    ["a JSON list", file("[1,2]"), "expected a JSON object as header"],
    ["space before the header", file(" {}"), "expected a JSON object as header"],
    ["deeply nested text", file(`{"a":${"[".repeat(100_000)}`), "got text that is not JSON"],
    [
      "a deeply nested tensor",
      file(`{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`),
      "expected dtype, shape and data_offsets, got an object that JSON cannot hold",
    ],
    ["broken UTF-8", file("{}  ", []).fill(0xff, 10, 11), "got text that is not JSON"],
    [
      "a tensor twice",
      file('{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"a":{}}', some),
      'expected each key once in the header, got "a" twice',
    ],
    [
      "a shape twice",
      file('{"a":{"dtype":"F32","shape":[9],"shape":[4],"data_offsets":[0,16]}}', some),
      'got "shape" twice',
    ],
    ["metadata twice", file('{"__metadata__":{},"__metadata__":{}}'), 'got "__metadata__" twice'],
    [
      "a number in the metadata",
      file({ __metadata__: { epoch: 1 } }),
      'expected a text for "epoch" in __metadata__, got 1',
    ],
    ["a list as metadata", file({ __metadata__: ["a"] }), 'expected texts in __metadata__, got ["a"]'],
    ["a tensor that is a number", file({ a: 1 }), 'tensor "a": expected dtype, shape and data_offsets, got 1'],
    ["a tensor that is null", file({ a: null }), "got null"],
    ["no dtype", file({ a: { shape: [4], data_offsets: [0, 16] } }, some), 'such as "F32", got undefined'],
    ["an unknown dtype", file({ a: entry(0, 16, [4], "F31") }, some), 'such as "F32", got "F31"'],
    ["a dtype from the prototype", file({ a: entry(0, 16, [4], "constructor") }, some), 'got "constructor"'],
    ["no shape", file({ a: { dtype: "F32", data_offsets: [0, 16] } }, some), "as shape, got undefined"],
    ["a negative shape", file({ a: entry(0, 16, [-2, -2]) }, some), "as shape, got [-2,-2]"],
    ["half a number in the shape", file({ a: entry(0, 16, [1.5]) }, some), "as shape, got [1.5]"],
    ["a shape of texts", file({ a: { ...entry(0, 16), shape: ["4"] } }, some), 'as shape, got ["4"]'],
    ["a shape that overflows", file({ a: entry(0, 16, [2 ** 40, 2 ** 40]) }, some), "got 16"],
    ["a shape that overflows to infinity", file({ a: entry(0, 16, Array(60).fill(2 ** 50)) }, some), "got 16"],
    ["a shape beyond whole numbers", file({ a: entry(0, 16, [2 ** 60]) }, some), "as shape, got [1152921504606847000]"],
    ["a wrong size", file({ a: entry(0, 16, [3]) }, some), "expected 12 bytes for F32 [3], got 16"],
    ["one offset", file({ a: { ...entry(0, 16), data_offsets: [0] } }, some), "from 0 to 16, got [0]"],
    ["offsets backwards", file({ a: { ...entry(0, 16), data_offsets: [16, 0] } }, some), "got [16,0]"],
    ["offsets beyond the file", file({ a: entry(0, 20) }, some), "data_offsets from 0 to 16, got [0,20]"],
    ["negative offsets", file({ a: entry(-4, 12) }, some), "from 0 to 16, got [-4,12]"],
    [
      "overlapping tensors",
      file({ a: entry(0, 8), b: entry(4, 16) }, some),
      'tensor "b": expected to begin at 8, got 4: overlaps the tensor before it',
    ],
    ["the same place twice", file({ a: entry(0, 16), b: entry(0, 16) }, some), "overlaps the tensor before it"],
    ["a hole", file({ a: entry(0, 4), b: entry(8, 16) }, some), "expected to begin at 4, got 8: leaves a hole"],
    ["bytes before the first", file({ a: entry(4, 16) }, some), "expected to begin at 0, got 4"],
    ["trailing bytes", file({ a: entry(0, 12) }, some), "expected 12 bytes of data, got 16"],
    ["data without tensors", file({}, some), "expected 0 bytes of data, got 16"],
    ["a truncated file", file({ a: entry(0, 16) }, some.subarray(0, 15)), "from 0 to 15, got [0,16]"],
  ];
  it.each(hostile)("refuses %s", (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, { name: "m" })).toThrow(RangeError);
    expect(() => decodeSafetensors(bytes, { name: "m" })).toThrow(message);
    expect(() => decodeSafetensors(bytes, { name: "m" })).toThrow(/^safetensors "m": [^\n]{1,200}$/);
  });

  it("takes padding after the header and fields that it doesn't know", () => {
    const { tensors } = decodeSafetensors(file(`{"a":{"note":1,${JSON.stringify(entry(0, 16)).slice(1)}}    `, some));
    expect(tensors.get("a")?.shape).toEqual([4]);
  });

  it("keeps odd names apart from the prototype", () => {
    const text = `{"__metadata__":{"__proto__":"x"},"__proto__":${JSON.stringify(entry(0, 16))}}`;
    const { tensors, metadata } = decodeSafetensors(file(text, some));
    expect([...tensors.keys()]).toEqual(["__proto__"]);
    expect(Object.entries(metadata)).toEqual([["__proto__", "x"]]);
  });
});
