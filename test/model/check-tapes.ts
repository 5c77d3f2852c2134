import type { MemoryPlan, Region } from "../../src/engine/plan.ts";
import type { Tape } from "../../src/engine/tape.ts";
import type { Layer } from "../../src/layers/layer.ts";
import type { Mode } from "../../src/layers/placed-layer.ts";
import { Architecture } from "../../src/model/architecture.ts";
import type { Loss, Optimizer } from "../../src/model/contracts.ts";
import { planLayout } from "../../src/model/memory-plan.ts";
import { Tapes } from "../../src/model/tapes.ts";
import { NETWORKS, RECIPES } from "../../src/recipes/index.ts";
import type { Variables } from "../../src/recipes/recipe.ts";
import { lossOf } from "../../src/training/losses.ts";
import { adam, rmsprop, sgd } from "../../src/training/optimizers.ts";
import { TapeChecker } from "../engine/tape-checker.ts";

/** A network whose tapes are checked. */
export interface Subject {
  readonly name: string;
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly layers: readonly Layer[];
  readonly loss: Loss;
}

/** Optimizers of every kind, and a clipped norm. */
export const OPTIMIZERS: readonly Optimizer[] = [
  // The dense layers of a single sample are updated on the way back.
  sgd(),
  sgd({ momentum: 0.9, clipNorm: 1 }),
  rmsprop(),
  adam({ weightDecay: 0.1 }),
];

/** Variables that make deep networks narrow: the checker looks at every float. */
const NARROW: Readonly<Record<string, Variables>> = {
  resnet18: { filters: 8 },
  mobilenetV2: { width: 0.25 },
  mobilenetV3Small: { width: 0.25 },
  shufflenetV2: { width: 0.5 },
  densenet: { depth: 22, growth: 6 },
};

/** Every network of the recipes and of the benchmark, on images of one small size. */
export const BUILT_IN: readonly Subject[] = [...NETWORKS, ...RECIPES].map((recipe) => {
  const { name, layers, loss } = recipe;
  const shape = [26, 26, (recipe.shape ?? [1]).at(-1) ?? 1] as const;
  const variables = NARROW[name] ?? recipe.variables;
  return {
    name,
    shape,
    layers: layers(10, variables === undefined ? { shape } : { shape, variables }),
    loss: lossOf(loss),
  };
});

/** Images of a full batch: odd, so that threads get unequal parts. */
const BATCH = 3;

/**
 * The plan and the tapes of a network on so many threads, without memory.
 *
 * @param compact whether memory serves twice
 */
function tapesOf({ shape, layers, loss }: Subject, threads: number, compact: boolean, optimizer?: Optimizer) {
  const architecture = new Architecture({ input: shape, layers });
  const options = { batchSize: BATCH, loss, optimizer, compact };
  const { layout } = planLayout(architecture, options, threads);
  return { plan: layout.plan, tapes: new Tapes(architecture, options, layout) };
}

const WRITTEN =
  /^(staged pixels|(soft )?targets|sample weights|transforms|input (scale|offset|fill)|step numbers|random key .*)$/;

/** True for regions that the host writes before it runs a tape. */
function isWritten({ kind, name }: Region): boolean {
  return kind === "parameters" || kind === "optimizer" || WRITTEN.test(name);
}

function checkAll(plan: MemoryPlan, threads: number, tapes: readonly (Tape | undefined)[]): void {
  const checker = new TapeChecker(plan.regions, threads, isWritten);
  for (const tape of tapes) if (tape !== undefined) checker.check(tape);
}

const MODES: readonly Mode[] = ["inference", "training", "batchStatistics", "calibration"];

/**
 * Checks every tape of a network, for full and partly filled batches.
 *
 * @throws Error naming the first call at which something is wrong
 */
export function checkTapes(subject: Subject, threads: number, optimizers: readonly Optimizer[]): void {
  for (const n of [1, 2, BATCH]) {
    checkBatch(subject, threads, n, false, optimizers);
    checkBatch(subject, threads, n, true, optimizers.slice(0, 1));
  }
}

function checkBatch(
  subject: Subject,
  threads: number,
  n: number,
  compact: boolean,
  optimizers: readonly Optimizer[],
): void {
  const alone = tapesOf(subject, threads, compact);
  checkAll(alone.plan, threads, [
    alone.tapes.packing("inference"),
    alone.tapes.evaluation(n, "bytes", "inference", false, false).tape,
  ]);
  for (const [i, optimizer] of optimizers.entries()) {
    const { plan, tapes } = tapesOf(subject, threads, compact, optimizer);
    const step = tapes.training(n, i % 2 === 0 ? "bytes" : "floats", i % 2 === 1, false);
    checkAll(plan, threads, [tapes.frozenPacking(), step.tape, step.deferredGradients]);
    if (subject.loss.softSmoothing !== undefined && i === 0) {
      checkAll(plan, threads, [tapes.frozenPacking(), tapes.training(n, "bytes", true, true).tape]);
    }
    checkAll(plan, threads, [
      tapes.frozenPacking(),
      tapes.gradients(n, "floats", i % 2 === 0, false, BATCH).tape,
      tapes.update(),
    ]);
    if (i > 0) continue;
    for (const mode of MODES) {
      checkAll(plan, threads, [tapes.packing(mode), tapes.evaluation(n, "floats", mode, true, false).tape]);
    }
  }
}
