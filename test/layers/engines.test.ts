import { describe, expect, it } from "vitest";
import { type Graph, inputShapes } from "../../src/graph/graph.ts";
import { sizeOf } from "../../src/layers/shape.ts";

import { HOST_ENGINES } from "../engines.ts";
import { LAYER_CASES } from "./cases.ts";
import { normal, type PlacedLayers, placeLayers } from "./placed.ts";

const BATCH = 5;

/** Half a unit in the last place of a float32 of 1. */
const ROUNDING = 2 ** -24;

/**
 * Rounded operations on the longest way through layers and back: for each layer, the longest sum of its output, of its
 * input's gradient and, over the batch, of its weights' gradients; some more for elementary functions.
 */
function roundings({ nodes }: Graph, n: number): number {
  return nodes.reduce((sum, node) => {
    const products = node.layer.multiplyAdds(inputShapes(node));
    const [inputs, outputs] = [sizeOf(node.inputs[0].shape), sizeOf(node.output.shape)];
    return sum + products / outputs + products / inputs + n * Math.max(inputs, outputs) + 16;
  }, 0);
}

/** All results of a forward and a backward pass, and of inference. */
function results(placed: PlacedLayers, x: Float64Array, dy: Float64Array): Map<string, Float64Array> {
  const y = placed.forward(x, "training");
  const gradients = placed.backward(dy);
  return new Map([["output", y], ...gradients, ["inference", placed.forward(x, "inference")]]);
}

describe("layers on every engine agree with float64", () => {
  it.each(LAYER_CASES)("$name", async ({ name, layers, input, first }) => {
    const exact = await placeLayers(layers, input, BATCH, { first });
    const placed = await Promise.all(
      HOST_ENGINES.map(async (engine) => ({ engine, on: await placeLayers(layers, input, BATCH, { engine, first }) })),
    );
    // Statistics of fewer samples amplify rounding errors beyond what the lengths of sums say.
    for (const n of [BATCH, BATCH - 1]) {
      const x = normal(`${name} ${n}`, n * sizeOf(input));
      const dy = normal(`${name} ${n} dy`, n * exact.outputs);
      const wanted = results(exact, x, dy);
      const tolerance = roundings(exact.graph, n) * ROUNDING;
      for (const { engine, on } of placed) {
        for (const [what, got] of results(on, x, dy)) {
          const values = wanted.get(what) ?? new Float64Array();
          const allowed = tolerance * Math.max(...values.map(Math.abs));
          const wrong = values.findIndex((value, i) => !(Math.abs(got[i] - value) <= allowed));
          expect(wrong, `${what} of ${n} on ${engine}: ${got[wrong]} for ${values[wrong]} at`).toBe(-1);
          expect(got.length).toBe(values.length);
        }
      }
    }
  });
});
