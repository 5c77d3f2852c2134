import { expect, it } from "vitest";
import { readLayers } from "../../src/graph/read.ts";
import { sizeOf } from "../../src/layers/shape.ts";
import { placeLayers } from "../layers/placed.ts";
import { describeEngines, expectNear, type GoldenArray, type GoldenArrays, readGolden } from "./golden.ts";

interface Case {
  readonly layer: { readonly type: string };
  readonly x: GoldenArray;
  readonly weights: GoldenArrays;
  readonly y: GoldenArray;
  readonly dy: GoldenArray;
  readonly dx: GoldenArray;
  readonly gradients: GoldenArrays;
}

const cases = ["shapes", "axes"].flatMap((name) => readGolden<{ readonly cases: readonly Case[] }>(name).cases);

describeEngines("layers on $name, against PyTorch", (engine) => {
  it.each(cases.map((item) => [JSON.stringify(item.layer), item] as const))("%s", async (_, item) => {
    const [batch, ...shape] = item.x.shape;
    const placed = await placeLayers(readLayers([item.layer], "layers"), shape, batch, engine.options);
    const [output] = placed.graph.outputs;
    expect(output.tensor.shape).toEqual(item.y.shape.slice(1));
    expect(placed.trained).toEqual(Object.keys(item.weights).map((name) => `${item.layer.type}/${name}`));
    for (const [name, { values }] of Object.entries(item.weights)) {
      placed.parameter(`${item.layer.type}/${name}`).set(values);
    }
    // The longest sums: of a window and its channels, and of all outputs.
    const sums = Object.values(item.weights).map((weights) => sizeOf(weights.shape));
    const tolerance = engine.tolerance(16 + Math.max(0, ...sums) + sizeOf(item.y.shape));
    expectNear("y", placed.forward(item.x.values, "training"), item.y.values, tolerance);
    const gradients = placed.backward(item.dy.values);
    expectNear("dx", gradients.get("input") ?? [], item.dx.values, tolerance);
    for (const [name, wanted] of Object.entries(item.gradients)) {
      expectNear(name, gradients.get(`${item.layer.type}/${name}`) ?? [], wanted.values, tolerance);
    }
    placed.dispose();
  });
});
