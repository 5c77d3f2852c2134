import { expect, it } from "vitest";
import { buildGraph } from "../../src/graph/build.ts";
import { averagePooling2d } from "../../src/layers/average-pooling2d.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { placeLayers } from "../layers/placed.ts";
import { describeEngines, expectNear, type GoldenArray, type GoldenEngine, readGolden } from "./golden.ts";

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

/** Two samples of the same numbers, one for each of two threads. */
const twice = (values: readonly number[]) => [...values, ...values];

async function expectSame(kind: (typeof KINDS)[number], item: Case, { options }: GoldenEngine) {
  const { x, dy, [kind]: wanted } = item;
  const shape = [item.height, item.height + 1, 2];
  if (x === undefined || dy === undefined || wanted === undefined) {
    expect(() => buildGraph([layerOf(kind, item)], shape), JSON.stringify(item)).toThrow(RangeError);
    return;
  }
  const placed = await placeLayers([layerOf(kind, item)], shape, 2, options);
  const who = `${kind} of ${JSON.stringify([item.height, item.poolSize, item.strides, item.padding])}`;
  expect([1, ...placed.graph.outputs[0].tensor.shape], who).toEqual(wanted.y.shape);
  expectNear(`${who}: y`, placed.forward(twice(x.values), "training"), twice(wanted.y.values), 1e-6);
  const gradients = placed.backward(twice(dy.values));
  expectNear(`${who}: dx`, gradients.get("input") ?? [], twice(wanted.dx.values), 1e-6);
  placed.dispose();
}

describeEngines("pooling in ceil mode on $name, against PyTorch", (engine) => {
  it.each(KINDS)("has the same windows, also ones larger than the image: %s", async (kind) => {
    for (const item of cases) await expectSame(kind, item, engine);
    expect(cases.filter(({ x }) => x === undefined).length).toBeGreaterThan(5);
    expect(
      cases.filter(({ x, height, poolSize, padding }) => x && poolSize > height + 2 * padding).length,
    ).toBeGreaterThan(5);
  });
});
