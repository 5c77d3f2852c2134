import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dataFile } from "../../../src/data/read/data-file.ts";
import { withHdf5 } from "../../../src/data/read/hdf5.ts";
import { numberBits } from "../../../src/data/read/hdf5-datatype.ts";
import { FILES, inputs, refusal } from "./files.ts";

/** The content of `x_train`'s datatype in floats.h5 by the specification: IEEE's 32 bits. */
const FLOAT32 = [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];

/** The numbers of an array in a file. */
function values(bytes: Uint8Array, name: string): Promise<(number | bigint)[]> {
  return withHdf5(dataFile({ name: "a.h5", bytes }), {}, async (arrays) => {
    const found = arrays.find((array) => array.name === name);
    if (found === undefined) throw new Error(`expected an array ${name}, got none`);
    const { type, bytes: read } = await found.read();
    const kinds = {
      int8: Int8Array,
      uint8: Uint8Array,
      int16: Int16Array,
      uint16: Uint16Array,
      int32: Int32Array,
      uint32: Uint32Array,
      int64: BigInt64Array,
      uint64: BigUint64Array,
      float32: Float32Array,
    };
    const kind = Object.entries(kinds).find(([known]) => known === type)?.[1];
    if (kind === undefined) throw new Error(`expected a known type, got ${type}`);
    return [...new kind(Uint8Array.from(read).buffer)];
  });
}

/** Everywhere that `FLOAT32` stands in a file. */
function placesOf(bytes: Uint8Array): number[] {
  return [...bytes.keys()].filter((at) => FLOAT32.every((byte, i) => bytes[at + i] === byte));
}

describe.each(["bits-earliest.h5", "bits-latest.h5"])("numbers of other bits in %s", (file) => {
  const bfloat16 = "floats with 8 bits of exponent, 7 of mantissa and a bias of 127";
  it.each([
    ["own", bfloat16],
    ["committed", bfloat16],
    ["long", "floats with 15 bits of exponent, 64 of mantissa and a bias of 16383"],
  ])("refuses %s floats", async (name, got) => {
    expect(await refusal(inputs(file), { names: { xTrain: name, yTrain: "uint8" } })).toBe(
      `readHdf5 "${file}", "${name}": expected IEEE floats of 16, 32 or 64 bits, got ${got}`,
    );
  });

  it.each([
    ["int8", [-16, -1, 0, 15]],
    ["uint8", [0, 1, 30, 31]],
    ["int16", [-2048, -1, 5, 2047]],
    ["uint16", [0, 1, 2048, 4095]],
    ["int32", [-65536, -1, 5, 65535]],
    ["uint32", [0, 1, 5, 2 ** 31 - 1]],
    ["int64", [-(2n ** 39n), -1n, 5n, 2n ** 39n - 1n]],
    ["uint64", [0n, 1n, 5n, 2n ** 63n - 1n]],
  ])("reads %s from the bits where it lies", async (name, expected) => {
    expect(await values(new Uint8Array(readFileSync(join(FILES, file))), name)).toEqual(expected);
  });
});

describe("damaged datatypes", () => {
  const whole = new Uint8Array(readFileSync(join(FILES, "floats.h5")));

  it.each([
    ["a bias", { 17: 2 }, "floats with 8 bits of exponent, 23 of mantissa and a bias of 639"],
    ["a short mantissa", { 15: 22 }, "floats with 8 bits of exponent, 22 of mantissa and a bias of 127"],
    ["an exponent below the mantissa", { 12: 0, 14: 8 }, "floats whose bits are in another order"],
    ["a mantissa with its first bit", { 1: 0x00 }, "floats whose bits are in another order"],
    ["bytes as VAX has them", { 0: 0x31, 1: 0x61 }, "floats whose bits are in another order"],
  ])("are refused: %s", async (_, patch, got) => {
    const bytes = whole.slice();
    const places = placesOf(bytes);
    expect(places.length).toBe(2);
    for (const place of places) for (const [at, byte] of Object.entries(patch)) bytes[place + Number(at)] = byte;
    expect(await refusal([{ name: "a.h5", bytes }])).toBe(
      `readHdf5 "a.h5", "x_train": expected IEEE floats of 16, 32 or 64 bits, got ${got}`,
    );
  });

  it("are not there in a file that is whole", async () => {
    expect((await values(whole, "x_train")).length).toBe(6 * 25);
  });
});

/** Files by the specification: a superblock, and a header whose datatype is in a continuation block, or names another's. */
describe("object headers", () => {
  const little = (value: number, bytes: number) => Array.from({ length: bytes }, (_, i) => (value / 256 ** i) & 255);
  const at = (places: Readonly<Record<number, readonly number[]>>) => {
    const file = new Uint8Array(400);
    for (const [place, bytes] of Object.entries(places)) file.set(bytes, Number(place));
    return file;
  };
  const text = (letters: string) => [...letters].map((letter) => letter.charCodeAt(0));
  const old = (type: number, flags: number, data: readonly number[]) => {
    const padded = [...data, ...Array(-data.length & 7).fill(0)];
    return [...little(type, 2), ...little(padded.length, 2), flags, 0, 0, 0, ...padded];
  };
  const recent = (type: number, flags: number, data: readonly number[]) => [
    type,
    ...little(data.length, 2),
    flags,
    ...data,
  ];
  const header = (body: readonly number[]) => [
    1,
    0,
    ...little(2, 2),
    ...little(1, 4),
    ...little(body.length, 4),
    0,
    0,
    0,
    0,
    ...body,
  ];
  const version0 = { 13: [8, 8] };
  const version2 = { 8: [2, 4, 4] };
  const float32 = { kind: "float", bytes: 4, exponent: 8, mantissa: 23, bias: 127, isPlain: true };

  it("of version 1 go on elsewhere", () => {
    const block = old(3, 0, FLOAT32);
    const first = header([...old(0, 0, [1]), ...old(0x10, 0, [...little(200, 8), ...little(block.length, 8)])]);
    expect(numberBits(at({ ...version0, 96: first, 200: block }), 0, 96)).toEqual(float32);
  });

  it("of version 2 go on elsewhere, with times, limits of attributes and an order of creation", () => {
    const ordered = (type: number, data: readonly number[]) => [
      ...recent(type, 0, []).slice(0, 1),
      ...little(data.length, 2),
      0,
      7,
      7,
      ...data,
    ];
    const block = [...text("OCHK"), ...ordered(3, FLOAT32), 1, 2, 3, 4];
    const body = ordered(0x10, [...little(200, 4), ...little(block.length, 4)]);
    const first = [...text("OHDR"), 2, 0x35, ...Array(20).fill(9), ...little(body.length, 2), ...body];
    expect(numberBits(at({ ...version2, 60: first, 200: block }), 0, 60)).toEqual(float32);
  });

  it.each([
    ["1", [1, 0, 0, 0, 0, 0, 0, 0, ...little(99, 8), ...little(200, 8)]],
    ["2", [2, 0, ...little(200, 8)]],
    ["3", [3, 2, ...little(200, 8)]],
  ])("share a datatype by a message of version %s", (_, shared) => {
    const other = header(old(3, 0, FLOAT32));
    expect(numberBits(at({ ...version0, 96: header(old(3, 2, shared)), 200: other }), 0, 96)).toEqual(float32);
  });

  it("lead nowhere where they go round, lie outside of the file or are in a heap", () => {
    const round = header(old(0x10, 0, [...little(112, 8), ...little(24, 8)]));
    expect(numberBits(at({ ...version0, 96: round }), 0, 96)).toBeUndefined();
    for (const address of [399, 400, 2 ** 40, 2 ** 64]) {
      expect(numberBits(at(version0), 0, address)).toBeUndefined();
      const away = header(old(0x10, 0, [...little(address, 8), ...little(2 ** 50, 8)]));
      expect(numberBits(at({ ...version0, 96: away }), 0, 96)).toBeUndefined();
      expect(
        numberBits(at({ ...version0, 96: header(old(3, 2, [3, 2, ...little(address, 8)])) }), 0, 96),
      ).toBeUndefined();
    }
    const heap = header(old(3, 2, [3, 1, ...little(200, 8)]));
    expect(numberBits(at({ ...version0, 96: heap, 200: header(old(3, 0, FLOAT32)) }), 0, 96)).toBeUndefined();
    expect(numberBits(at({ ...version0, 96: header(old(3, 2, [3, 2, ...little(96, 8)])) }), 0, 96)).toBeUndefined();
  });
});
