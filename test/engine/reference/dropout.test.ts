import { describe, expect, it } from "vitest";
import { referenceBackend } from "../../../src/bench/arena.ts";
import { dropoutCall } from "../../../src/bench/calls/activation.ts";
import { normal } from "../../../src/bench/calls/call.ts";
import { RandomStream } from "../../../src/numeric/random.ts";
import { resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");

describe.each([0, 0.1, 0.25, 0.5, 0.9])("dropout at a rate of %d", (rate) => {
  const stream = RandomStream.from(5, "dropout").child(3);
  const size = [40, 500] as const;
  const x = normal("x", size[0] * size[1]);
  const y = resultOf(exact, dropoutCall(size, x, rate, [stream.key0, stream.key1]), "y");

  it("keeps the elements that the stream says, scaled", () => {
    const threshold = Math.fround(rate);
    for (const [i, value] of y.entries()) {
      const kept = Math.floor(stream.bits(i) / 256) * 2 ** -24 >= threshold;
      if (kept) expect(Math.abs(value / x[i] - 1 / (1 - threshold))).toBeLessThan(1e-6);
      else expect(value).toBe(0);
    }
  });

  it("drops about its share", () => {
    const dropped = y.filter((value) => value === 0).length;
    const deviation = Math.sqrt(y.length * rate * (1 - rate));
    expect(Math.abs(dropped - y.length * rate)).toBeLessThanOrEqual(4 * deviation);
  });

  it("keeps the mean", () => {
    const mean = (values: Float64Array) => values.reduce((total, value) => total + value, 0) / values.length;
    const ones = new Float64Array(y.length).fill(1);
    const kept = resultOf(exact, dropoutCall(size, ones, rate, [stream.key0, stream.key1]), "y");
    expect(Math.abs(mean(kept) - 1)).toBeLessThanOrEqual(4 * Math.sqrt(rate / (1 - rate) / y.length) + 1e-7);
  });
});

it("keeps an element that draws just the rate and drops one that draws less", () => {
  const stream = RandomStream.from(6, "dropout");
  for (let i = 0; i < 20; i++) {
    const draw = Math.floor(stream.bits(i) / 256) * 2 ** -24;
    const keptAt = (rate: number) => {
      const call = dropoutCall([1, 20], new Float64Array(20).fill(1), rate, [stream.key0, stream.key1]);
      return resultOf(exact, call, "y")[i] > 0;
    };
    expect([keptAt(draw), keptAt(draw + 2 ** -24)]).toEqual([true, false]);
  }
});

it("draws other elements for another key and no pattern from sample to sample", () => {
  const size = [2, 4000] as const;
  const ones = new Float64Array(size[0] * size[1]).fill(1);
  const masks = [1, 2, 65536, 0xffffffff].map((key) => resultOf(exact, dropoutCall(size, ones, 0.5, [key, 7]), "y"));
  const rows = masks.flatMap((mask) => [mask.subarray(0, size[1]), mask.subarray(size[1])]);
  rows.forEach((row, i) => {
    for (const other of rows.slice(i + 1)) {
      const agreeing = row.filter((value, at) => value === other[at]).length;
      expect(Math.abs(agreeing - size[1] / 2)).toBeLessThan(4 * Math.sqrt(size[1] / 4));
    }
  });
});
