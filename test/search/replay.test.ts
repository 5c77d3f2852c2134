import { expect, test } from "vitest";
import stored from "../../bench/search/fashion-trials.json" with { type: "json" };
import { repeated, spaceOf, summary, type Table } from "../../bench/search/replay.js";
import { readSpace } from "../../src/search/space.ts";
import type { WayName } from "../../src/search/way.ts";
import { createWay } from "../../src/search/ways/create-way.ts";

const table: Table = stored;

/** Mean accuracy of what a search of so many epochs takes for the best, in percent, over 20 repeats. */
function meanOf(way: WayName, isContinuous: boolean, workers: number, epochs: number): number {
  const space = readSpace(spaceOf(table, isContinuous));
  const create: Parameters<typeof repeated>[0] = (options, seed) => createWay(space, options, seed);
  return summary(repeated(create, table, { way, repeats: 20, workers, epochs })).mean;
}

test("the table is a whole grid", () => {
  const count = Object.values(table.grid).reduce((product, values) => product * values.length, 1);
  expect(table.right).toHaveLength(count);
  expect(table.right.every((counts) => counts.length === table.epochs)).toBe(true);
});

// Real trials on Fashion-MNIST; the same numbers on every machine.
test.each([
  [false, 1],
  [true, 4],
])(
  "with equal epochs ASHA and TPE find better settings than random search: any rate %s, workers %i",
  (any, workers) => {
    const [random, asha, tpe] = (["random", "asha", "tpe"] as const).map((way) => meanOf(way, any, workers, 270));
    expect(asha).toBeGreaterThan(random + 0.3);
    expect(tpe).toBeGreaterThan(random + 0.2);
  },
);
