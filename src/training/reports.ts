import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import { choice, whole } from "../options/kinds.ts";
import { checkNumber } from "../options/numbers.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { ReportEvent } from "./events.ts";

/** An evaluation in the course of an epoch, on a random sample. */
export const SAMPLE_EVALUATION = {
  /** Images to draw from; those of the training are evaluated as they are, without augmentation. */
  on: { kind: choice(["training", "validation"]) },
  /** Steps from one to the next. */
  every: { kind: whole(1) },
  /** Images drawn for each, all different; all without it. */
  images: { kind: whole(1), optional: true },
} as const satisfies OptionSchema;

/** An evaluation in the course of an epoch, on a random sample. A type alias because interfaces do not fit `Json`. */
export type SampleEvaluation = Readonly<OptionsOf<typeof SAMPLE_EVALUATION>>;

/** Reports of a run besides steps and epochs. */
interface ReportPlan {
  /** Steps that a mean of the training figures spans; undefined for none. */
  readonly averageEvery: number | undefined;
  readonly evaluations: readonly SampleEvaluation[];
}

/** A run keeps its reports for its history and its checkpoints. */
const MAX_REPORTS = 100_000;

/**
 * Checks what a run is to report against its steps and its data.
 *
 * @throws TypeError, RangeError for evaluations of images that are not there, or more reports than a run keeps
 */
export function checkReports(
  { averageEvery = Number.POSITIVE_INFINITY, evaluations }: ReportPlan,
  totalSteps: number,
  hasValidation: boolean,
): void {
  if (!hasValidation && evaluations.some(({ on }) => on === "validation")) {
    throw new InputTypeError("fit", "validation data for the evaluations on it", "none", "missing");
  }
  const spans = [...evaluations.map(({ every }) => every), averageEvery];
  const count = spans.reduce((sum, every) => sum + Math.floor(totalSteps / every), 0);
  if (count <= MAX_REPORTS) return;
  throw new InputRangeError(
    "fit",
    `at most ${MAX_REPORTS} averages and evaluations in a run`,
    String(count),
    "too-large",
  );
}

/** Reports that are due after a step, in order: the mean of the last steps, then evaluations. */
export function dueReports({ averageEvery, evaluations }: ReportPlan, step: number) {
  const average = averageEvery !== undefined && step > 0 && step % averageEvery === 0 ? (["average"] as const) : [];
  return [...average, ...evaluations.filter(({ every }) => step > 0 && step % every === 0)];
}

/** A report from a checkpoint's JSON. */
export function readReport(json: unknown): ReportEvent {
  const who = "resume: reports";
  if (!isRecord(json)) throw new InputTypeError(who, "objects", typeof json);
  const { event, on } = json;
  // JSON has no NaN: an accuracy that a loss does not know was written as null.
  const number = (name: string) => (json[name] === null ? Number.NaN : checkNumber(who, name, json[name]));
  const figures = {
    epoch: number("epoch"),
    step: number("step"),
    images: number("images"),
    loss: number("loss"),
    accuracy: number("accuracy"),
  };
  if (event === "average") return { event, ...figures, steps: number("steps") };
  if (event === "evaluation" && (on === "training" || on === "validation")) return { event, on, ...figures };
  throw new InputRangeError(who, "averages and evaluations", shown(event));
}
