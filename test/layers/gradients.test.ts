import { describe, expect, it } from "vitest";
import { sizeOf } from "../../src/layers/shape.ts";
import { dot, expectGradient } from "../engine/gradient.ts";
import { LAYER_CASES } from "./cases.ts";
import { normal, placeLayers } from "./placed.ts";

const BATCH = 3;

describe("the gradients of every layer are those that central differences give", () => {
  it.each(LAYER_CASES)("$name", async ({ name, layers, input, first }) => {
    const placed = await placeLayers(layers, input, BATCH, { first });
    const x = normal(name, BATCH * sizeOf(input));
    const dy = normal(`${name} dy`, BATCH * placed.outputs);
    placed.forward(x, "training");
    const gradients = placed.backward(dy);
    expect([...gradients.keys()]).toEqual([...(first === true ? [] : ["input"]), ...placed.trained]);

    const value = (point: Float64Array) => dot(placed.forward(point, "training"), dy);
    if (first !== true) expectGradient("input", value, x, gradients.get("input") ?? []);
    for (const parameter of placed.trained) {
      const values = placed.parameter(parameter);
      const initial = Float64Array.from(values);
      const valueAt = (point: Float64Array) => {
        values.set(point);
        return dot(placed.forward(x, "training"), dy);
      };
      expectGradient(parameter, valueAt, initial, gradients.get(parameter) ?? []);
      values.set(initial);
    }
  });
});
