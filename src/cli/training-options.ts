import { type AugmentOptions, readAugment } from "../data/augment.ts";
import type { TestTimeAugmentation } from "../data/views.ts";
import type { Gear } from "../engine/gears.ts";
import type { Loss, Optimizer } from "../model/contracts.ts";
import { pow } from "../numeric/math.ts";
import { pickOptions, readOptions } from "../options/schema.ts";
import { typesOf } from "../options/variants.ts";
import { type Averaging, parseAveraging } from "../training/averaging.ts";
import { type PredictionSettings, readPredictionSettings } from "../training/evaluate.ts";
import { lossOf, softmaxCrossEntropy } from "../training/losses.ts";
import { OPTIMIZERS, parseOptimizer } from "../training/optimizers.ts";
import { TRAINING_PLAN, type TrainingPlan } from "../training/plan.ts";
import type { SampleEvaluation } from "../training/reports.ts";
import type { Sampling } from "../training/sampling.ts";
import { parseSchedule, SCHEDULES, type Schedule } from "../training/schedules.ts";
import { UsageError } from "./errors.ts";
import type { NetworkChoice } from "./network-option.ts";
import { parsePairs, parseTyped } from "./spec.ts";
import { unknownName } from "./suggest.ts";

/** Options of `train` on how to train; defaults come from the network's own settings. */
export interface TrainingOptions {
  readonly epochs?: number | undefined;
  readonly batchSize?: number | "all" | undefined;
  readonly optimizer?: string | undefined;
  readonly lr?: number | undefined;
  readonly momentum?: number | undefined;
  readonly weightDecay?: number | undefined;
  readonly clipNorm?: number | undefined;
  readonly schedule?: string | undefined;
  readonly labelSmoothing?: number | undefined;
  /** True: the default changes. False: none. */
  readonly augment?: string | boolean | undefined;
  readonly seed?: number | undefined;
  readonly engine?: Gear | "auto" | undefined;
  readonly threads?: number | "auto" | undefined;
  readonly earlyStopping?: number | undefined;
  readonly reduceOnPlateau?: number | undefined;
  readonly sampling?: Sampling | undefined;
  readonly stepsPerEpoch?: number | undefined;
  readonly averageEvery?: number | undefined;
  /** Each as "validation:every=200,images=100". */
  readonly evaluate?: readonly string[] | false | undefined;
  readonly batchStatistics?: boolean | undefined;
  /** True: the default views. False: none. */
  readonly testTime?: string | boolean | undefined;
  /** False: none. */
  readonly averaging?: string | false | undefined;
}

/** Augmentation of `--augment` alone: changes that leave any handwriting readable. */
export const DEFAULT_AUGMENT: AugmentOptions = { shift: 2, rotate: 10, scale: 0.1 };

/** Share of the learning rate at the end of a run with `--schedule exponential`. */
const EXPONENTIAL_END = 0.01;

/**
 * The plan of a run: what the command line says, else the network's own.
 *
 * @throws UsageError, TypeError, RangeError for a wrong option
 */
export function trainingPlan(options: TrainingOptions, network: NetworkChoice): TrainingPlan {
  const epochs = options.epochs ?? network.epochs;
  return readOptions("train", TRAINING_PLAN, {
    ...pickOptions(TRAINING_PLAN, network),
    ...pickOptions(TRAINING_PLAN, options),
    optimizer: chooseOptimizer(options, network.optimizer),
    schedule: chooseSchedule(options, network.schedule, epochs),
    loss: chooseLoss(options, lossOf(network.loss)),
    augment: chooseAugment(options.augment, network.augment),
    evaluations: chooseEvaluations(options.evaluate, network.evaluations),
    prediction: choosePrediction(options, network.prediction),
    averaging: chooseAveraging(options.averaging, network.averaging),
  });
}

/** Names that an optimizer lacks are dropped when the network's optimizer is replaced by another. */
function chooseOptimizer(options: TrainingOptions, own: Optimizer): Optimizer {
  const { optimizer, lr, momentum, weightDecay, clipNorm } = options;
  const asked = optimizer === undefined ? undefined : parseTyped("--optimizer", optimizer);
  const names = typesOf(OPTIMIZERS);
  if (asked !== undefined && !names.some((name) => name === asked.type)) {
    throw new UsageError(`--optimizer: ${unknownName("one of", String(asked.type), names)}`);
  }
  const base = asked === undefined || asked.type === own.config.type ? own.config : {};
  return parseOptimizer({
    ...base,
    ...asked,
    ...(lr !== undefined && { learningRate: lr }),
    ...(momentum !== undefined && { momentum }),
    // Nesterov's momentum and dampening need some: without any the plain method is meant.
    ...(momentum === 0 && "nesterov" in base && { nesterov: false }),
    ...(momentum === 0 && "dampening" in base && { dampening: 0 }),
    ...(weightDecay !== undefined && { weightDecay }),
    ...(clipNorm !== undefined && { clipNorm }),
  });
}

function chooseSchedule({ schedule, lr }: TrainingOptions, own: Schedule, epochs: number): Schedule {
  if (schedule === undefined) {
    if (own.type !== "oneCycle" || lr === undefined) return own;
    // The rate that was asked for is the peak.
    const { maxLearningRate: _, ...rest } = own;
    return rest;
  }
  const asked = parseTyped("--schedule", schedule);
  const names = typesOf(SCHEDULES);
  const type = names.find((name) => name.toLowerCase() === String(asked.type).toLowerCase());
  if (type === undefined) throw new UsageError(`--schedule: ${unknownName("one of", String(asked.type), names)}`);
  const { milestones } = asked;
  return parseSchedule({
    ...(type === "step" && !("stepEpochs" in asked) && !("milestones" in asked) && { stepEpochs: epochs / 3 }),
    ...(type === "exponential" && { decay: pow(EXPONENTIAL_END, 1 / epochs) }),
    ...asked,
    ...(typeof milestones === "number" && { milestones: [milestones] }),
    type,
  });
}

function chooseLoss({ labelSmoothing }: TrainingOptions, own: Loss): Loss {
  if (labelSmoothing === undefined) return own;
  if (own.config.type !== "softmaxCrossEntropy") {
    throw new UsageError(`expected --label-smoothing with softmaxCrossEntropy, got it with ${own.config.type}`);
  }
  return softmaxCrossEntropy({ labelSmoothing });
}

function chooseAugment(asked: string | boolean | undefined, own: AugmentOptions | undefined) {
  if (asked === undefined) return own;
  if (typeof asked === "string") return readAugment(parsePairs("--augment", asked));
  return asked ? DEFAULT_AUGMENT : undefined;
}

function chooseEvaluations(asked: readonly string[] | false | undefined, own: readonly SampleEvaluation[] = []) {
  if (asked === undefined) return own;
  if (asked === false) return [];
  const parts = asked.map((text) => {
    const { type, ...rest } = parseTyped("--evaluate", text);
    return { on: type, ...rest };
  });
  return TRAINING_PLAN.evaluations.kind.read("--evaluate", "evaluations", parts);
}

/** Views of `--test-time` alone, which leave any handwriting readable. */
const DEFAULT_VIEWS: TestTimeAugmentation = { shift: 1 };

function choosePrediction({ batchStatistics, testTime }: TrainingOptions, own: PredictionSettings = {}) {
  const { testTimeAugmentation, ...rest } = own;
  const views =
    testTime === undefined
      ? testTimeAugmentation
      : typeof testTime === "string"
        ? parsePairs("--test-time", testTime)
        : testTime
          ? DEFAULT_VIEWS
          : undefined;
  return readPredictionSettings("--test-time", {
    ...rest,
    ...(batchStatistics !== undefined && { batchStatistics }),
    ...(views !== undefined && { testTimeAugmentation: views }),
  });
}

function chooseAveraging(asked: string | false | undefined, own: Averaging | undefined): Averaging | undefined {
  if (asked === undefined) return own;
  return asked === false ? undefined : parseAveraging(parseTyped("--averaging", asked));
}
