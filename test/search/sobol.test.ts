import { expect, test } from "vitest";
import { scrambledSobol, sobol } from "../../src/search/ways/sobol.ts";
import golden from "./ways.golden.json" with { type: "json" };

test("the points are SciPy's", () => {
  const point = sobol(5);
  expect(golden.sobol.first.map((_, index) => [...point(index)])).toEqual(golden.sobol.first);
});

test("64 dimensions have SciPy's direction numbers", () => {
  const point = sobol(64);
  for (const [index, coordinates] of golden.sobol.of64) expect([...point(Number(index))]).toEqual(coordinates);
});

test.each([1, 2, 77])("seed %i: scrambled points are as even as the sequence", (seed) => {
  const point = scrambledSobol(6, seed);
  const points = Array.from({ length: 64 }, (_, index) => point(index));
  // One point in each of 64 equal parts of an axis.
  for (let dimension = 0; dimension < 6; dimension++) {
    expect(new Set(points.map((each) => Math.floor(64 * each[dimension]))).size).toBe(64);
  }
  // The first two dimensions are a (0, 6, 2)-net: one point in each box of 2^a by 2^(6 - a).
  for (let a = 0; a <= 6; a++) {
    const boxes = points.map(([x, y]) => `${Math.floor(2 ** a * x)} ${Math.floor(2 ** (6 - a) * y)}`);
    expect(new Set(boxes).size).toBe(64);
  }
  expect(points.flatMap((each) => [...each]).every((place) => place >= 0 && place < 1)).toBe(true);
});

test("another seed gives other points, the same seed the same", () => {
  expect([...scrambledSobol(3, 1)(5)]).toEqual([...scrambledSobol(3, 1)(5)]);
  expect([...scrambledSobol(3, 1)(5)]).not.toEqual([...scrambledSobol(3, 2)(5)]);
});
