import { expect, it } from "vitest";
import { readLayers } from "../../src/graph/read.ts";
import { placeLayers } from "../layers/placed.ts";
import { describeEngines, type GoldenArray, readGolden } from "./golden.ts";

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
    .map((value, i) => ({ label, x: x.values[i % x.values.length], value, got: actual?.[i] ?? Number.NaN }))
    .filter(({ value, got }) => !(Math.abs(got - value) <= tolerance * Math.max(1, Math.abs(value))));
}

/** Two samples of the same numbers, one for each of two threads. */
const twice = (values: readonly number[]) => [...values, ...values];

describeEngines("activations on $name, against PyTorch, corners included", (engine) => {
  it.each(cases.map((item) => [`${item.type} ${JSON.stringify(item.options)}`, item] as const))(
    "%s",
    async (_, { type, options, y, dy, dx }) => {
      const placed = await placeLayers(readLayers([{ type, ...options }], "layers"), x.shape, 2, engine.options);
      const outputs = placed.forward(twice(x.values), "training");
      const gradients = placed.backward(twice(dy.values));
      const tolerance = engine.tolerance(8);
      expect(misses("y", outputs, twice(y.values), tolerance)).toEqual([]);
      expect(misses("dx", gradients.get("input"), twice(dx.values), tolerance)).toEqual([]);
      placed.dispose();
    },
  );
});
