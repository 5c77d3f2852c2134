import { type AugmentOptions, readAugment } from "../data/augment.ts";
import type { TestTimeAugmentation } from "../data/views.ts";
import type { EngineName } from "../engine/engine-names.ts";
import type { Loss, Optimizer } from "../model/contracts.ts";
import { pow } from "../numeric/math.ts";
import { flagName } from "../options/names.ts";
import { pickOptions, readOptions } from "../options/schema.ts";
import { type Averaging, parseAveraging } from "../training/averaging.ts";
import { LOSSES, lossOf, parseLoss } from "../training/losses.ts";
import { OPTIMIZERS, parseOptimizer } from "../training/optimizers.ts";
import { type PlanOptions, TRAINING_PLAN, type TrainingPlan } from "../training/plan.ts";
import { type PredictionSettings, readPredictionSettings } from "../training/prediction-settings.ts";
import type { SampleEvaluation } from "../training/reports.ts";
import { parseSchedule, SCHEDULES, type Schedule } from "../training/schedules.ts";
import { UsageError } from "./command-error.ts";
import type { NetworkChoice } from "./network-option.ts";
import { parsePairs, parseTyped } from "./spec.ts";
import { unknownName } from "./suggest.ts";

/** Options of `train` on how to train; defaults come from the network's own settings. */
export interface TrainingOptions
  extends Omit<
    PlanOptions,
    "optimizer" | "loss" | "schedule" | "augment" | "averaging" | "evaluations" | "prediction"
  > {
  /** Types with their options, such as "adam:beta1=0.8". */
  readonly optimizer?: string | undefined;
  readonly schedule?: string | undefined;
  readonly loss?: string | undefined;
  /** False: none. */
  readonly averaging?: string | false | undefined;
  readonly lr?: number | undefined;
  readonly momentum?: number | undefined;
  readonly weightDecay?: number | undefined;
  readonly clipNorm?: number | undefined;
  readonly labelSmoothing?: number | undefined;
  /** The model to learn from, by its run or file. */
  readonly teacher?: string | undefined;
  readonly temperature?: number | undefined;
  readonly teacherWeight?: number | undefined;
  /** True: the default changes. False: none. */
  readonly augment?: string | boolean | undefined;
  /** Each as "validation:every=200,images=100". */
  readonly evaluate?: readonly string[] | false | undefined;
  readonly batchStatistics?: boolean | undefined;
  /** True: the default views. False: none. */
  readonly testTime?: string | boolean | undefined;
  readonly engine?: EngineName | "auto" | undefined;
  readonly threads?: number | "auto" | undefined;
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

/** The optimizer that the options ask for; of the network's own settings it keeps those that the new type has, too. */
function chooseOptimizer(options: TrainingOptions, own: Optimizer): Optimizer {
  const { optimizer, lr, momentum, weightDecay, clipNorm } = options;
  const asked = optimizer === undefined ? undefined : typed("--optimizer", optimizer, OPTIMIZERS);
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
  const asked = typed("--schedule", schedule, SCHEDULES);
  const { type, milestones } = asked;
  return parseSchedule({
    ...(type === "step" && !("stepEpochs" in asked) && !("milestones" in asked) && { stepEpochs: epochs / 3 }),
    ...(type === "exponential" && { decay: pow(EXPONENTIAL_END, 1 / epochs) }),
    ...asked,
    ...(typeof milestones === "number" && { milestones: [milestones] }),
  });
}

/** The loss that the options ask for; if its type is that of the network's own loss, it keeps that one's options. */
function chooseLoss({ loss, labelSmoothing, ...options }: TrainingOptions, own: Loss): Loss {
  const taught = options.teacher === undefined ? {} : { type: "distillation" };
  const asked = loss === undefined ? taught : typed("--loss", loss, LOSSES);
  const type = String(asked.type ?? own.config.type);
  if ((type === "distillation") !== (options.teacher !== undefined)) {
    const got = options.teacher === undefined ? "no --teacher" : `--loss ${type}`;
    throw new UsageError("--loss", "--teacher MODEL and the loss distillation together", got, "contradiction");
  }
  const distilling = pickOptions(LOSSES.distillation.schema, options);
  const [misplaced] = Object.keys(distilling);
  if (type !== "distillation" && misplaced !== undefined) {
    const who = flagName(misplaced);
    throw new UsageError(who, "--temperature and --teacher-weight with --teacher", "it without", "contradiction");
  }
  if (labelSmoothing !== undefined && type !== "softmaxCrossEntropy") {
    throw new UsageError("--label-smoothing", "the loss softmaxCrossEntropy", type);
  }
  if (loss === undefined && labelSmoothing === undefined && options.teacher === undefined) return own;
  const base = type === own.config.type ? own.config : {};
  return parseLoss({ ...base, ...asked, ...distilling, ...(labelSmoothing !== undefined && { labelSmoothing }) });
}

/** The type and the options of a word such as "adam:beta1=0.8", with the type as the registry spells it. */
function typed(flag: string, word: string, variants: object): ReturnType<typeof parseTyped> {
  const asked = parseTyped(flag, word);
  const names = Object.keys(variants);
  const type = names.find((name) => name.toLowerCase() === String(asked.type).toLowerCase());
  if (type === undefined) throw unknownName(flag, "one of", String(asked.type), names);
  return { ...asked, type };
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
export const DEFAULT_VIEWS: TestTimeAugmentation = { shift: 1 };

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
