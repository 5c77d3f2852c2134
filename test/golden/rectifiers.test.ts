import { expect, it } from "vitest";
import { type ReluOptions, relu } from "../../src/layers/activation.ts";
import { placeLayers } from "../layers/placed.ts";
import { describeEngines, readGolden } from "./golden.ts";

const { x, dy, cases } = readGolden<{
  readonly x: readonly number[];
  readonly dy: readonly number[];
  readonly cases: readonly {
    readonly options: ReluOptions;
    readonly y: readonly number[];
    readonly dx: readonly number[];
  }[];
}>("rectifiers");

/** Two samples of the same numbers, one for each of two threads. Plus zero: the signs of zeros may differ. */
const twice = (values: readonly number[]) => [...values, ...values].map((value) => value + 0);

describeEngines("ReLUs on $name, against PyTorch, corners included", (engine) => {
  it.each(cases.map((item) => [JSON.stringify(item.options), item] as const))("with %s", async (_, item) => {
    const placed = await placeLayers([relu(item.options)], [x.length], 2, engine.options);
    const output = placed.forward(twice(x), "training");
    const input = placed.backward(twice(dy)).get("input") ?? [];
    expect(Array.from(output, (value) => value + 0)).toEqual(twice(item.y));
    expect(Array.from(input, (value) => value + 0)).toEqual(twice(item.dx));
    placed.dispose();
  });
});
