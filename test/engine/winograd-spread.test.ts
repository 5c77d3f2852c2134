import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { type Backend, referenceBackend } from "../../src/bench/arena.ts";
import type { KernelCall } from "../../src/bench/calls/call.ts";
import { type ConvolutionData, convolutionData } from "../../src/bench/calls/convolution.ts";
import { winogradBackwardData, winogradBackwardWeights, winogradForward } from "../../src/bench/calls/winograd.ts";
import type { ConvolutionCase } from "../../src/bench/convolution-cases.ts";
import { hasEngine } from "../../src/engine/engine-names.ts";
import { type TestedEngine, unshared } from "./backends.ts";
import { resultOf } from "./gradient.ts";

// Node 20 knows relaxed SIMD behind a flag.
if (!hasEngine("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

const ENGINES: readonly TestedEngine[] = hasEngine("relaxed") ? ["simd", "relaxed"] : ["simd"];

const SIDE = 14;
const SHAPE: ConvolutionCase = {
  ...{ name: "spread", n: 2, h: SIDE, w: SIDE, c: 5, k: 6, r: 3, s: 3, strideH: 1, strideW: 1 },
  ...{ padTop: 1, padBottom: 1, padLeft: 1, padRight: 1, dilationH: 1, dilationW: 1, groups: 1, bias: "none" },
};

/** The odd pixel: of the first sample, away from the edges of its tile. */
const [ROW, COLUMN, CHANNEL] = [6, 9, 3];

const data = convolutionData(SHAPE);
const exact = referenceBackend("float64");

/** The data with one other number in x or dy, whose pixels have so many channels. */
function withPixel(array: "x" | "dy", channels: number, value: number): ConvolutionData {
  const values = data[array].slice();
  values[(ROW * SIDE + COLUMN) * channels + CHANNEL] = value;
  return { ...data, [array]: values };
}

/** Tiles of 4 x 4 outputs whose 6 x 6 inputs, one pixel of padding out, hold an input's row or column. */
const readers = (at: number) => [0, 1, 2, 3].filter((tile) => at >= 4 * tile - 1 && at < 4 * tile + 5);
const inTilesThatRead = (row: number, column: number) =>
  readers(ROW).includes(Math.floor(row / 4)) && readers(COLUMN).includes(Math.floor(column / 4));

/** The 6 x 6 pixels of dx that the tile of an output adds to. */
const inTileOf = (at: number, pixel: number) =>
  at >= 4 * Math.floor(pixel / 4) - 1 && at < 4 * Math.floor(pixel / 4) + 5;
const inItsTile = (row: number, column: number) => inTileOf(row, ROW) && inTileOf(column, COLUMN);

/** Places of [2, SIDE, SIDE, channels] that must be as they are without the odd pixel. */
function expectElsewhereSame(
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
  channels: number,
  affected: (row: number, column: number) => boolean,
): void {
  for (let i = 0; i < wanted.length; i++) {
    const pixel = Math.floor(i / channels);
    const isFirst = pixel < SIDE * SIDE;
    if (isFirst && affected(Math.floor(pixel / SIDE), pixel % SIDE)) continue;
    expect(got[i], `at ${i}`).toBe(wanted[i]);
  }
}

describe.each(ENGINES)("an infinite or huge pixel in Winograd's filtering on %s", (engine) => {
  const run = async (call: KernelCall, name: string, backend?: Backend) =>
    resultOf(backend ?? (await unshared(engine)), call, name);

  it.each([Number.POSITIVE_INFINITY, Number.NaN, 3e38, -1e30])(
    "of %d changes no output but those of its tiles",
    async (value) => {
      const wanted = await run(winogradForward(SHAPE, data), "y");
      const y = await run(winogradForward(SHAPE, withPixel("x", SHAPE.c, value)), "y");
      expectElsewhereSame(y, wanted, SHAPE.k, inTilesThatRead);
    },
  );

  it.each([Number.POSITIVE_INFINITY, 3e38])(
    "of %d in a gradient changes no pixel of dx but those of its tile",
    async (value) => {
      const wanted = await run(winogradBackwardData(SHAPE, data), "dx");
      const dx = await run(winogradBackwardData(SHAPE, withPixel("dy", SHAPE.k, value)), "dx");
      expectElsewhereSame(dx, wanted, SHAPE.c, inItsTile);
    },
  );

  it("changes the weight gradients of no channel but its own", async () => {
    const wanted = await run(winogradBackwardWeights(SHAPE, data), "dw");
    const infinite = withPixel("x", SHAPE.c, Number.POSITIVE_INFINITY);
    const dw = await run(winogradBackwardWeights(SHAPE, infinite), "dw");
    const own = [...dw.keys()].filter((i) => Math.floor(i / SHAPE.k) % SHAPE.c === CHANNEL);
    expect(own.some((i) => Number.isFinite(dw[i]))).toBe(false);
    for (const i of dw.keys()) if (!own.includes(i)) expect(dw[i]).toBe(wanted[i]);
  });

  it("of 1e30 is off in its tiles by no more than a rounding of it", async () => {
    const call = winogradForward(SHAPE, withPixel("x", SHAPE.c, Math.fround(1e30)));
    const [y, wanted] = [await run(call, "y"), await run(call, "y", exact)];
    const worst = Math.max(...wanted.map((value, i) => Math.abs(y[i] - value)));
    expect(worst / 1e30).toBeLessThan(1e-5);
    expect(worst).toBeGreaterThan(1e20);
  });
});
