import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { MemoryPlan } from "../../src/engine/plan.ts";
import { Tape } from "../../src/engine/tape.ts";
import { buildGraph } from "../../src/graph/build.ts";
import { PlacedGraph } from "../../src/graph/place.ts";
import { averagePooling2d } from "../../src/layers/average-pooling2d.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { expectNear, GOLDEN_ENGINES, type GoldenArray, readGolden } from "./golden.ts";

/** Output for x and gradient for dy. */
interface Found {
  readonly y: GoldenArray;
  readonly dx: GoldenArray;
}

interface Case extends Partial<Record<"max" | "average" | "padded", Found>> {
  readonly height: number;
  readonly poolSize: number;
  readonly strides: number;
  readonly padding: number;
  /** Undefined where PyTorch refuses the options. */
  readonly x?: GoldenArray;
  readonly dy?: GoldenArray;
}

const { cases } = readGolden<{ readonly cases: readonly Case[] }>("ceiling");

const KINDS = ["max", "average", "padded"] as const;

function layerOf(kind: (typeof KINDS)[number], { poolSize, strides, padding }: Case): Layer {
  const options = { poolSize, strides, padding, ceilMode: true };
  return kind === "max" ? maxPooling2d(options) : averagePooling2d({ ...options, countIncludePad: kind === "padded" });
}

async function expectSame(kind: (typeof KINDS)[number], item: Case, engineOptions: Parameters<typeof createEngine>[1]) {
  const { x, dy, [kind]: wanted } = item;
  const shape = [item.height, item.height + 1, 2];
  if (x === undefined || dy === undefined || wanted === undefined) {
    expect(() => buildGraph([layerOf(kind, item)], shape), JSON.stringify(item)).toThrow(RangeError);
    return;
  }
  const plan = new MemoryPlan();
  const graph = buildGraph([layerOf(kind, item)], shape);
  const placed = new PlacedGraph(graph, {
    batch: 1,
    training: true,
    needsInputGradient: true,
    plan,
    parameter() {
      throw new RangeError("pooling has no parameters");
    },
    randomKey: () => plan.reserve("key", "scratch", 4),
  });
  const from = plan.reserve("x", "input", x.values.length);
  const gradient = plan.reserve("dy", "input", dy.values.length);
  const engine = await createEngine(plan.freeze(), engineOptions, placed.kernels.length > 0);
  engine.heap.set(x.values, from.offset);
  engine.heap.set(dy.values, gradient.offset);
  const tape = new Tape();
  const [y] = placed.forward(tape, 1, from.offset, "training");
  const dx = placed.backward({ samples: tape, weights: new Tape() }, 1, from.offset, gradient.offset);
  engine.run(tape);
  const who = `${kind} of ${JSON.stringify([item.height, item.poolSize, item.strides, item.padding])}`;
  expect([1, ...graph.outputs[0].tensor.shape], who).toEqual(wanted.y.shape);
  expectNear(`${who}: y`, engine.heap.slice(y, y + dy.values.length), wanted.y.values, 1e-6);
  expectNear(`${who}: dx`, engine.heap.slice(dx, dx + x.values.length), wanted.dx.values, 1e-6);
  engine.dispose();
}

describe.each(GOLDEN_ENGINES)("pooling in ceil mode on $name, against PyTorch", ({ options }) => {
  it.each(KINDS)("has the same windows, also ones larger than the image: %s", async (kind) => {
    for (const item of cases) await expectSame(kind, item, options);
    expect(cases.filter(({ x }) => x === undefined).length).toBeGreaterThan(5);
    expect(
      cases.filter(({ x, height, poolSize, padding }) => x && poolSize > height + 2 * padding).length,
    ).toBeGreaterThan(5);
  });
});
