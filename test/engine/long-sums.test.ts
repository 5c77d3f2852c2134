import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { type Backend, runCall } from "../../src/bench/arena.ts";
import { float32 } from "../../src/bench/calls/call.ts";
import {
  normBackwardParameters,
  normBackwardSums,
  normData,
  normMoments,
  normStatistics,
} from "../../src/bench/calls/norm.ts";
import { hasEngine } from "../../src/engine/engine-names.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { type TestedEngine, unshared } from "./backends.ts";
import { resultOf } from "./gradient.ts";

// Node 20 knows relaxed SIMD behind a flag.
if (!hasEngine("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

const ENGINES: readonly TestedEngine[] = hasEngine("relaxed") ? ["simd", "relaxed"] : ["simd"];

/** Pages of a memory for 1024 x 1024 numbers, twice. */
const PAGES = 300;

type Shape = readonly [n: number, positions: number, c: number];

/** Sums in float64, as they are defined: the mean, and the mean square of the differences from it, of each channel. */
function statistics(x: Float64Array, c: number): { mean: number; variance: number }[] {
  const rows = x.length / c;
  return Array.from({ length: c }, (_, channel) => {
    let sum = 0;
    for (let i = channel; i < x.length; i += c) sum += x[i];
    const mean = sum / rows;
    let squares = 0;
    for (let i = channel; i < x.length; i += c) squares += (x[i] - mean) ** 2;
    return { mean, variance: squares / rows };
  });
}

/** A pixel from its place in the image, channel and noise. */
type Picture = (i: number, j: number, side: number, noise: number) => number;

/** Pictures that are hard on sums: what the first pixels show is not what the rest shows, or much lies far from zero. */
const PICTURES: Readonly<Record<string, Picture>> = {
  noise: (_i, _j, _side, noise) => noise,
  "a dark first row": (i, _j, _side, noise) => (i === 0 ? 0 : 200 + noise),
  "a dark border": (i, j, side, noise) => (Math.min(i, j, side - 1 - i, side - 1 - j) < 3 ? 0 : 0.7 + 0.001 * noise),
  "a bright column": (_i, j, _side, noise) => (j === 0 ? 255 : 10 + 0.1 * noise),
  "one bright pixel": (i, j, side, noise) => (i * 2 === side && j === 5 ? 1e6 : noise),
  "an offset of a thousand deviations": (_i, _j, _side, noise) => 1000 + noise,
  "an offset of ten thousand deviations": (_i, _j, _side, noise) => 1e4 + noise,
  "a slope": (i, j, side, noise) => (100 * (i + j)) / side + noise,
};

function picture(name: string, n: number, side: number, c: number): Float64Array {
  const stream = RandomStream.from(1, name);
  const size = side * side * c;
  return float32(
    Float64Array.from({ length: n * size }, (_, at) => {
      const place = Math.floor((at % size) / c);
      const noise = stream.uniform(at) + stream.uniform(at + 2 ** 30) - 1;
      return PICTURES[name](Math.floor(place / side), place % side, side, noise * (1 + (at % c)));
    }),
  );
}

/** Mean and variance of each channel, by the kernels. */
function computed(backend: Backend, shape: Shape, x: Float64Array) {
  const moments = resultOf(backend, normMoments(shape, x), "moments");
  const results = runCall(backend, normStatistics(shape, Float64Array.from(moments)));
  const [mean, variance] = [results.get("mean") ?? [], results.get("variance") ?? []];
  return Array.from({ length: shape[2] }, (_, channel) => ({ mean: mean[channel], variance: variance[channel] }));
}

describe.each(ENGINES)("batch statistics on %s are right to a millionth", (engine) => {
  it.each([
    [2, 224, 3],
    [1, 1024, 1],
    [3, 57, 5],
  ])("of %d images of side %d, %d channels", async (n, side, c) => {
    const backend = await unshared(engine, PAGES);
    for (const name of Object.keys(PICTURES)) {
      const x = picture(name, n, side, c);
      const wanted = statistics(x, c);
      for (const [channel, { mean, variance }] of computed(backend, [n, side * side, c], x).entries()) {
        const exact = wanted[channel];
        // Means are float32: far from zero their few roundings, measured in deviations, count as a square.
        const rounding = (exact.mean * 2 ** -22) ** 2 / exact.variance;
        expect(Math.abs(variance / exact.variance - 1), `variance of ${name}`).toBeLessThan(1e-6 + rounding);
        const size = Math.max(Math.abs(exact.mean), Math.sqrt(exact.variance));
        expect(Math.abs(mean - exact.mean) / size, `mean of ${name}`).toBeLessThan(2e-7);
      }
    }
  });

  it("of 30,000 samples of a dense layer", async () => {
    const backend = await unshared(engine, PAGES);
    const stream = RandomStream.from(2, "samples");
    const x = float32(Float64Array.from({ length: 90_000 }, (_, i) => 5 + stream.uniform(i)));
    for (const [channel, { mean, variance }] of computed(backend, [30_000, 1, 3], x).entries()) {
      const exact = statistics(x, 3)[channel];
      expect(Math.abs(variance / exact.variance - 1)).toBeLessThan(1e-6);
      expect(Math.abs(mean / exact.mean - 1)).toBeLessThan(2e-7);
    }
  });
});

describe.each(ENGINES)("gradients of a batch normalisation on %s", (engine) => {
  it.each([
    [1, 1024, 1],
    [2, 224, 3],
  ] as const)(
    "of %d images of side %d, %d channels are right to a millionth of what is added up",
    async (n, side, c) => {
      const backend = await unshared(engine, PAGES);
      const shape: Shape = [n, side * side, c];
      const x = picture("a dark border", n, side, c);
      // Gradients of one sign are where errors of long sums add up.
      const dy = picture("noise", n, side, c).map((value) => Math.fround(Math.abs(value) + 0.1));
      const exact = statistics(x, c);
      const mean = float32(exact.map((channel) => channel.mean));
      const variance = float32(exact.map((channel) => channel.variance));
      for (const relu of [0, 1] as const) {
        const data = {
          ...normData([1, 1, c]),
          x,
          dy,
          mean,
          variance,
          scale: mean.map(() => 1),
          shift: mean.map(() => -0.5),
        };
        const sums = Float64Array.from(resultOf(backend, normBackwardSums(shape, data, relu), "sums"));
        const results = runCall(backend, normBackwardParameters(shape, data, sums));
        for (let channel = 0; channel < c; channel++) {
          let [sum, product, size, productSize] = [0, 0, 0, 0];
          for (let i = channel; i < x.length; i += c) {
            if (relu === 1 && x[i] <= 0.5) continue;
            sum += dy[i];
            product += dy[i] * (x[i] - mean[channel]);
            size += dy[i];
            productSize += Math.abs(dy[i] * (x[i] - mean[channel]));
          }
          const deviation = Math.sqrt(variance[channel] + Math.fround(1e-3));
          expect(Math.abs((results.get("dbeta")?.[channel] ?? 0) - sum) / size).toBeLessThan(1e-6);
          const dgamma = results.get("dgamma")?.[channel] ?? 0;
          expect(Math.abs(dgamma * deviation - product) / productSize).toBeLessThan(1e-6);
        }
      }
    },
  );
});
