import { describe, expect, it } from "vitest";
import { lanesOf } from "../../web/src/network/lanes.ts";

describe("lanes beside a list of layers", () => {
  it("stay in the first one for a chain", () => {
    expect(lanesOf([[-1], [0], [1]])).toEqual([
      { at: 0, from: [0], passing: [], goesOn: true },
      { at: 0, from: [0], passing: [], goesOn: true },
      { at: 0, from: [0], passing: [], goesOn: false },
    ]);
  });

  it("part for branches and meet where they merge", () => {
    // A layer, two that take it, and their sum.
    expect(lanesOf([[-1], [0], [0], [1, 2]])).toEqual([
      { at: 0, from: [0], passing: [], goesOn: true },
      { at: 1, from: [0], passing: [0], goesOn: true },
      { at: 0, from: [0], passing: [1], goesOn: true },
      { at: 0, from: [1, 0], passing: [], goesOn: false },
    ]);
  });

  it("bring each tensor from the row that makes it to every row that takes it", () => {
    let state = 7;
    const draw = (below: number) => {
      state = (state * 48271) % 2147483647;
      return state % below;
    };
    for (let round = 0; round < 200; round++) {
      const rows = Array.from({ length: 1 + draw(12) }, (_, i) =>
        Array.from({ length: 1 + draw(3) }, () => draw(i + 1) - 1),
      );
      const lanes = lanesOf(rows);
      // The tensor that each lane carries from one row to the next, followed by what is drawn alone.
      let carried = new Map<number, number>([[0, -1]]);
      lanes.forEach(({ at, from, passing, goesOn }, i) => {
        expect(new Set(from.map((lane) => carried.get(lane)))).toEqual(new Set(rows[i]));
        expect(goesOn).toBe(rows.slice(i + 1).some((inputs) => inputs.includes(i)));
        expect(passing).not.toContain(at);
        carried = new Map(passing.map((lane) => [lane, carried.get(lane) ?? Number.NaN]));
        if (goesOn) carried.set(at, i);
      });
    }
  });
});
