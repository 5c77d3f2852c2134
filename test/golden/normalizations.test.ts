import { expect, it } from "vitest";
import { readLayers } from "../../src/graph/read.ts";
import { placeLayers } from "../layers/placed.ts";
import { describeEngines, expectNear, type GoldenArray, type GoldenArrays, readGolden } from "./golden.ts";

const { x, cases } = readGolden<{
  readonly x: GoldenArray;
  readonly cases: readonly {
    readonly type: string;
    readonly options: object;
    readonly weights: GoldenArrays;
    readonly y: GoldenArray;
    readonly dy: GoldenArray;
    readonly gradients: GoldenArrays;
  }[];
}>("normalizations");

const [batch, ...shape] = x.shape;

describeEngines("normalisation of samples on $name, against PyTorch", (engine) => {
  it.each(cases.map((item) => [`${item.type} ${JSON.stringify(item.options)}`, item] as const))(
    "%s",
    async (_, item) => {
      const { type, options, weights, y, dy, gradients } = item;
      const placed = await placeLayers(readLayers([{ type, ...options }], "layers"), shape, batch, engine.options);
      expect(placed.trained).toEqual(Object.keys(weights).map((name) => `${type}/${name}`));
      for (const [name, { values }] of Object.entries(weights)) placed.parameter(`${type}/${name}`).set(values);
      // The sums of 90 numbers in a mean, a variance, and twice in a gradient.
      const tolerance = engine.tolerance(4 * 90 + 16);
      expectNear("y", placed.forward(x.values, "training"), y.values, tolerance);
      expectNear("y", placed.forward(x.values, "inference"), y.values, tolerance);
      placed.forward(x.values, "training");
      const found = placed.backward(dy.values);
      for (const [name, { values }] of Object.entries(gradients)) {
        const own = name === "input" ? name : `${type}/${name}`;
        expectNear(`gradient of ${name}`, found.get(own) ?? [], values, tolerance);
      }
      expect(Object.keys(gradients)).toHaveLength(1 + Object.keys(weights).length);
      placed.dispose();
    },
  );
});
