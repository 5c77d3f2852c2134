import { expect, it } from "vitest";
import { relu } from "../../src/layers/activation.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { type PlacedLayers, placeLayers } from "../layers/placed.ts";
import { describeEngines, type GoldenArray, type GoldenEngine, readGolden } from "./golden.ts";

const { x, cases } = readGolden<{
  readonly x: GoldenArray;
  readonly cases: readonly {
    readonly poolSize: number;
    readonly strides: number;
    readonly y: GoldenArray;
    readonly dy: GoldenArray;
    readonly dx: GoldenArray;
  }[];
}>("bounded-pooling");

const [batch, ...image] = x.shape;
const place = (layers: readonly Layer[], { options }: GoldenEngine) => placeLayers(layers, image, batch, options);
const gradientOf = (placed: PlacedLayers, dy: ArrayLike<number>) => placed.backward(dy).get("input") ?? [];
/** Plus zero: the signs of zeros may differ. */
const plain = (values: ArrayLike<number>) => Array.from(values, (value) => value + 0);

/** Overlapping windows add gradients in another order than PyTorch does. */
function expectClose(found: ArrayLike<number>, wanted: readonly number[], tolerance: number): void {
  expect(found.length).toBe(wanted.length);
  plain(found).forEach((value, i) => {
    expect(Math.abs(value - wanted[i])).toBeLessThanOrEqual(16 * tolerance);
  });
}

describeEngines("ReLU6 and max pooling on $name, against PyTorch, corners and equal maxima included", (engine) => {
  it.each(cases)("pool size $poolSize, strides $strides, in one call and each by itself", async (item) => {
    const { poolSize, strides, y, dy, dx } = item;
    const tolerance = engine.tolerance(2 * poolSize ** 2);
    const pooling = maxPooling2d({ poolSize, strides });
    const bounded = relu({ maxValue: 6 });

    const fused = await place([bounded, pooling], engine);
    expect(plain(fused.forward(x.values, "training"))).toEqual(plain(y.values));
    expectClose(gradientOf(fused, dy.values), dx.values, tolerance);
    fused.dispose();

    const first = await place([bounded], engine);
    const next = await place([pooling], engine);
    const between = first.forward(x.values, "training");
    expect(plain(next.forward(between, "training"))).toEqual(plain(y.values));
    expectClose(gradientOf(first, gradientOf(next, dy.values)), dx.values, tolerance);
    first.dispose();
    next.dispose();
  });
});
