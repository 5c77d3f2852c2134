import { expect, it } from "vitest";
import { prelu } from "../../src/layers/prelu.ts";
import { placeLayers } from "../layers/placed.ts";
import { describeEngines, expectNear, type GoldenArray, type GoldenArrays, readGolden } from "./golden.ts";

const { x, cases } = readGolden<{
  readonly x: GoldenArray;
  readonly cases: readonly {
    readonly options: { readonly sharedAxes?: readonly number[] };
    readonly weights: GoldenArrays;
    readonly y: GoldenArray;
    readonly dy: GoldenArray;
    readonly gradients: GoldenArrays;
  }[];
}>("prelu");

const [batch, ...shape] = x.shape;

describeEngines("the parametric ReLU on $name, against PyTorch", (engine) => {
  it.each(cases)("with $options", async ({ options, weights, y, dy, gradients }) => {
    const placed = await placeLayers([prelu(options)], shape, batch, engine.options);
    placed.parameter("prelu/alpha").set(weights.alpha.values);
    // The sum of all elements of the batch in a gradient.
    const tolerance = engine.tolerance(270 + 4);
    expectNear("y", placed.forward(x.values, "training"), y.values, tolerance);
    const found = placed.backward(dy.values);
    expectNear("gradient of input", found.get("input") ?? [], gradients.input.values, tolerance);
    expectNear("gradient of alpha", found.get("prelu/alpha") ?? [], gradients.alpha.values, tolerance);
    expect(gradients.alpha.values).toHaveLength(weights.alpha.values.length);
    placed.dispose();
  });
});
