import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { MemoryPlan } from "../../src/engine/plan.ts";
import { Tape } from "../../src/engine/tape.ts";
import { buildGraph } from "../../src/graph/build.ts";
import { PlacedGraph } from "../../src/graph/place.ts";
import { type ReluOptions, relu } from "../../src/layers/activation.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { GOLDEN_ENGINES, readGolden } from "./golden.ts";

const { x, dy, cases } = readGolden<{
  readonly x: readonly number[];
  readonly dy: readonly number[];
  readonly cases: readonly {
    readonly options: ReluOptions;
    readonly y: readonly number[];
    readonly dx: readonly number[];
  }[];
}>("rectifiers");

/** A layer's output for x and its gradient for dy, on an engine. */
async function run(layer: Layer, options: Parameters<typeof createEngine>[1]) {
  const plan = new MemoryPlan();
  const graph = buildGraph([layer], [x.length]);
  const placed = new PlacedGraph(graph, {
    batch: 1,
    training: true,
    needsInputGradient: true,
    plan,
    parameter() {
      throw new RangeError("a ReLU has no parameters");
    },
    randomKey: () => plan.reserve("key", "scratch", 4),
  });
  const [from, gradient] = ["x", "dy"].map((name) => plan.reserve(name, "input", x.length));
  const engine = await createEngine(plan.freeze(), options, placed.kernels.length > 0);
  engine.heap.set(x, from.offset);
  engine.heap.set(dy, gradient.offset);
  const tape = new Tape();
  const [y] = placed.forward(tape, 1, from.offset, "training");
  const dx = placed.backward({ samples: tape, weights: new Tape() }, 1, from.offset, gradient.offset);
  engine.run(tape);
  const [output, input] = [y, dx].map((at) => Array.from(engine.heap.slice(at, at + x.length)));
  engine.dispose();
  return { output, input };
}

describe.each(GOLDEN_ENGINES)("ReLUs on $name, against PyTorch, corners included", ({ options: engine }) => {
  it.each(cases.map((item) => [JSON.stringify(item.options), item] as const))("with %s", async (_, item) => {
    const { output, input } = await run(relu(item.options), engine);
    // Plus zero: the signs of zeros may differ.
    expect(output.map((value) => value + 0)).toEqual(item.y.map((value) => value + 0));
    expect(input.map((value) => value + 0)).toEqual(item.dx.map((value) => value + 0));
  });
});
