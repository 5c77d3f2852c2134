import { describe, expect, it } from "vitest";
import { extraRows } from "../../src/engine/operands/extra.ts";
import type { ExtraRows } from "../../src/engine/operands/row.ts";
import { MemoryPlan } from "../../src/engine/plan.ts";
import { Tape } from "../../src/engine/tape.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { Architecture } from "../../src/model/architecture.ts";
import { layOut, MODES } from "../../src/model/layout.ts";
import { Tapes } from "../../src/model/tapes.ts";
import { LOSSES, parseLoss } from "../../src/training/losses.ts";
import { OPTIMIZERS, parseOptimizer } from "../../src/training/optimizers.ts";
import { LAYER_CASES, type LayerCase } from "./cases.ts";
import { planLayers } from "./placed.ts";

const EXTRA: ReadonlySet<string> = new Set(Object.keys(extraRows()));

/** Fails unless tapes call kernels of the extra file where there are rows, and only those that these have. */
function expectRows(rows: readonly ExtraRows[], tapes: readonly Tape[]): void {
  const kernels = tapes.flatMap(({ operations }) => operations.map(({ kernel }) => kernel));
  const called = [...new Set(kernels)].filter((kernel) => EXTRA.has(kernel));
  const known = new Set<string>(rows.flatMap((each) => Object.keys(each)));
  expect(called.filter((kernel) => !known.has(kernel))).toEqual([]);
  // Else a file would be loaded for nothing.
  expect(rows.length > 0).toBe(called.length > 0);
}

/** The rows of placed layers, and the tapes of their passes. */
function passesOf({ layers, input, first = false }: LayerCase) {
  const plan = new MemoryPlan();
  const { placed } = planLayers(plan, layers, input, 3, first);
  plan.freeze();
  const tape = new Tape();
  for (const n of [1, 3]) {
    for (const mode of MODES) {
      placed.prepare(tape, mode, n);
      placed.forward(tape, n, 1, mode);
    }
    placed.backward({ samples: tape, weights: tape }, n, 1, 1);
  }
  return { rows: placed.kernels, tape };
}

/** The rows of a network without layers of interest, and all of its tapes. */
function networkOf(loss: unknown, optimizer: unknown) {
  const architecture = new Architecture({ input: [2, 2, 1], layers: [flatten()] });
  const options = { batchSize: 3, loss: parseLoss(loss), optimizer: parseOptimizer(optimizer) };
  const layout = layOut(architecture, options, 2, false);
  layout.plan.freeze();
  return { rows: layout.kernels, tapes: new Tapes(architecture, options, layout).all().map(({ tape }) => tape) };
}

describe("the extra file of kernels is loaded where they are called, and nowhere else:", () => {
  it.each(LAYER_CASES)("$name", (item) => {
    const { rows, tape } = passesOf(item);
    expectRows(rows, [tape]);
  });

  it.each(Object.keys(LOSSES))("the loss %s", (loss) => {
    const { rows, tapes } = networkOf(loss, "sgd");
    // With a teacher, too.
    const taught = new Tape();
    const places = {
      images: 1,
      outputs: 1,
      targets: 2,
      softTargets: 3,
      numbers: 8,
      weights: 4,
      losses: 5,
      correct: 6,
      gradient: 7,
    };
    parseLoss(loss).emit(taught, 1, places, 1);
    expectRows(rows, [...tapes, taught]);
  });

  it.each(Object.keys(OPTIMIZERS))("the optimizer %s", (optimizer) => {
    const { rows, tapes } = networkOf("meanSquaredError", optimizer);
    expectRows(rows, tapes);
  });
});
