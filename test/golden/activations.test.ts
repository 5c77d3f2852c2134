import { describe, expect, it } from "vitest";
import { readLayers } from "../../src/graph/read.ts";
import { placeLayers } from "../layers/placed.ts";
import { GOLDEN_ENGINES, type GoldenArray, readGolden } from "./golden.ts";

const { x, cases } = readGolden<{
  readonly x: GoldenArray;
  readonly cases: readonly {
    readonly type: string;
    readonly options: object;
    readonly y: GoldenArray;
    readonly dy: GoldenArray;
    readonly dx: GoldenArray;
  }[];
}>("activations");

/** The elements that are farther from the wanted ones than `tolerance`, as a share of those or of 1. */
function misses(label: string, actual: ArrayLike<number> | undefined, wanted: readonly number[], tolerance: number) {
  return wanted
    .map((value, i) => ({ label, x: x.values[i], value, got: actual?.[i] ?? Number.NaN }))
    .filter(({ value, got }) => !(Math.abs(got - value) <= tolerance * Math.max(1, Math.abs(value))));
}

describe.each(GOLDEN_ENGINES)("activations on $name, against PyTorch, corners included", (engine) => {
  it.each(cases.map((item) => [`${item.type} ${JSON.stringify(item.options)}`, item] as const))(
    "%s",
    async (_, { type, options, y, dy, dx }) => {
      const placed = await placeLayers(readLayers([{ type, ...options }], "layers"), x.shape, 1, engine.options);
      const outputs = placed.forward(Float64Array.from(x.values), "training");
      const gradients = placed.backward(Float64Array.from(dy.values));
      const tolerance = engine.tolerance(8);
      expect(misses("y", outputs, y.values, tolerance)).toEqual([]);
      expect(misses("dx", gradients.get("input"), dx.values, tolerance)).toEqual([]);
    },
  );
});
