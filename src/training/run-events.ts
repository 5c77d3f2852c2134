import type { MetricName } from "./chosen-metrics.ts";
import type { Evaluation } from "./evaluation.ts";
import type { EpochEvent, ReportEvent, StepEvent } from "./events.ts";
import type * as Later from "./later.ts";
import { share } from "./metrics.ts";
import type { Progress, Sums } from "./progress.ts";

/** Facts of a run that its events tell, and that stay as they are. */
export interface RunFacts {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** True for a loss with classes: others have no accuracy. */
  readonly classes: boolean;
  readonly metrics: readonly MetricName[];
  /** Undefined without metrics. */
  readonly later: typeof Later | undefined;
}

/** The event of the step that led to a position. */
export function stepEvent(
  run: RunFacts,
  now: Progress,
  sums: Sums,
  learningRate: number,
  waitSeconds?: number,
): StepEvent {
  return {
    event: "step",
    epoch: now.epoch + 1,
    step: now.step,
    stepInEpoch: now.stepInEpoch,
    stepsPerEpoch: run.stepsPerEpoch,
    batchSize: sums.images,
    loss: share(sums.loss, sums.images),
    epochLoss: share(now.loss, now.images),
    epochAccuracy: accuracyOf(run, now),
    lr: learningRate,
    imagesPerSecond: now.images / now.trainSeconds,
    ...(waitSeconds !== undefined && { waitSeconds }),
  };
}

/** The event of the epoch whose last step led to a position. */
export function epochEvent(
  run: RunFacts,
  now: Progress,
  validated: Evaluation | undefined,
  learningRate: number,
  seconds: number,
): EpochEvent {
  const { epoch, loss, images, trainSeconds, counts } = now;
  return {
    event: "epoch",
    epoch: epoch + 1,
    epochs: run.epochs,
    trainLoss: share(loss, images),
    trainAccuracy: accuracyOf(run, now),
    ...(validated !== undefined && { valLoss: validated.loss, valAccuracy: validated.accuracy }),
    ...(counts && run.later && { trainMetrics: run.later.metricsOf(run.metrics, counts) }),
    ...(validated?.metrics !== undefined && { valMetrics: validated.metrics }),
    lr: learningRate,
    imagesPerSecond: images / trainSeconds,
    seconds,
  };
}

/** The average of the last `steps` steps. */
export function averageEvent(run: RunFacts, { step, averaged }: Progress, steps: number): ReportEvent {
  const { loss, images } = averaged;
  const figures = { images, loss: share(loss, images), accuracy: accuracyOf(run, averaged) };
  return { event: "average", epoch: epochOf(run, step), step, steps, ...figures };
}

/** The epoch, from 1, that a step belongs to, counted from 1. */
export function epochOf({ stepsPerEpoch }: RunFacts, step: number): number {
  return Math.ceil(step / stepsPerEpoch);
}

function accuracyOf({ classes }: RunFacts, { correct, images }: Sums): number {
  return classes ? share(correct, images) : Number.NaN;
}
