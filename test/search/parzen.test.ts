import { expect, test } from "vitest";
import { RandomStream } from "../../src/numeric/random.ts";
import { normalCdf } from "../../src/search/ways/normal.ts";
import { choiceDensity, type Density, placeDensity } from "../../src/search/ways/parzen.ts";
import golden from "./ways.golden.json" with { type: "json" };

const draws = (seed: number) => {
  const stream = RandomStream.from(seed, "test");
  let i = 0;
  return { uniform: () => stream.child(i++).uniform(0), normal: () => stream.child(i++).normal(1) };
};

test.each(golden.normal)("the normal distribution at %f is SciPy's", (x, expected) => {
  expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(3e-13);
});

test.each(golden.parzen.cases)("densities are hyperopt's: $seen", ({ seen, logDensities }) => {
  const density = placeDensity(seen);
  const got = golden.parzen.at.map((place) => density.logAt(place));
  for (const [i, expected] of logDensities.entries()) expect(got[i]).toBeCloseTo(expected, 11);
});

test("densities of choices count what was seen, plus one", () => {
  const density = choiceDensity(3, [2, 2, 0]);
  expect([0, 1, 2].map((choice) => Math.exp(density.logAt(choice)))).toEqual([2 / 6, 1 / 6, 3 / 6].map(near));
});

/** Shares of draws in tenths against the integral of the density there. */
function shares(density: Density): readonly [drawn: number, expected: number][] {
  const random = draws(3);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 20000; i++) counts[Math.floor(10 * density.draw(random))]++;
  return counts.map((count, tenth) => {
    const inside = Array.from({ length: 50 }, (_, i) => Math.exp(density.logAt((tenth + (i + 0.5) / 50) / 10)));
    return [count / 20000, inside.reduce((sum, each) => sum + each, 0) / 500];
  });
}

test.each([[[]], [[0.9, 0.02, 0.55]], [[0.01, 0.012, 0.3]]])("draws have the density: %j", (seen) => {
  for (const [drawn, expected] of shares(placeDensity(seen))) expect(Math.abs(drawn - expected)).toBeLessThan(0.012);
});

test("draws of choices have the density", () => {
  const density = choiceDensity(3, [2, 2, 0]);
  const random = draws(4);
  const counts = [0, 0, 0];
  for (let i = 0; i < 6000; i++) counts[density.draw(random)]++;
  for (const [choice, count] of counts.entries()) {
    expect(Math.abs(count / 6000 - Math.exp(density.logAt(choice)))).toBeLessThan(0.02);
  }
});

function near(value: number) {
  return expect.closeTo(value, 12);
}
