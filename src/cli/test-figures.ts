import { listOf, matchClasses, missingClasses } from "../data/classes.ts";
import type { AnyDataset } from "../data/dataset.ts";
import { checkMetrics, type MetricName } from "../training/chosen-metrics.ts";
import { checkLoss, checkOutputs } from "../training/diverged.ts";
import { ClassificationMetrics } from "../training/metrics.ts";
import type { Model } from "../training/model.ts";
import type { PredictionSettings } from "../training/prediction-settings.ts";
import { barLine } from "./bar.ts";
import { count, loss, percent, table } from "./format.ts";
import { LabelFigures } from "./label-figures.ts";
import { haveLabels } from "./labels.ts";
import type { Output } from "./output.ts";

/** Figures of a model on a data set. */
export interface TestFigures {
  readonly loss: number;
  /** Share of right answers; of images with any number of labels those all of whose labels are right. */
  readonly accuracy: number;
  readonly images: number;
  readonly metrics: ClassificationMetrics | LabelFigures;
  readonly classNames: readonly string[];
  readonly seconds: number;
  /** Metrics that were asked for by name. */
  readonly chosen: Readonly<Record<string, number>>;
}

/**
 * Tests a model, with a status line.
 *
 * @throws DivergedError if outputs or the loss are NaN or infinite
 */
export async function testModel(
  model: Model,
  data: AnyDataset,
  output: Output,
  signal: AbortSignal,
  prediction: PredictionSettings = {},
  chosen: readonly MetricName[] = [],
): Promise<TestFigures> {
  const { outputs } = model.architecture;
  checkMetrics("test", model.network, chosen);
  const ofLabels = haveLabels(data) ? new LabelFigures(data) : undefined;
  const metrics = ofLabels ?? new ClassificationMetrics(outputs);
  const start = performance.now();
  const evaluation = await model.evaluate(data, {
    ...prediction,
    metrics: chosen,
    signal,
    onBatch({ begin, count: n, scores, labels = new Uint8Array() }) {
      checkOutputs(scores, n, outputs, begin);
      if (metrics instanceof LabelFigures) metrics.add(scores, begin, n);
      else metrics.add(scores, labels, n);
      const head = `testing on ${count(data.length)} images`;
      output.status((columns) => barLine((begin + n) / data.length, head, [], columns, output.look));
    },
  });
  output.clearStatus();
  checkLoss(evaluation.loss, "test loss");
  for (const note of classNotes(model, data)) output.remark(note);
  const names = model.classNames ?? data.classNames;
  const classNames = names?.length === outputs ? names : Array.from({ length: outputs }, (_, i) => String(i));
  return {
    ...evaluation,
    ...(ofLabels && { accuracy: ofLabels.correct / evaluation.images }),
    metrics,
    chosen: evaluation.metrics ?? ofLabels?.metrics() ?? {},
    classNames,
    seconds: (performance.now() - start) / 1000,
  };
}

/** Notes on a data set's classes beside a model's, for people. */
function classNotes({ classNames }: Model, data: AnyDataset): string[] {
  const missing = missingClasses(matchClasses(data, classNames, "test"), "the images to test on");
  const names = classNames ?? data.classNames;
  const areNumbers = names?.every((name, i) => name === String(i)) ?? true;
  const isUnnamed = classNames === undefined ? "the model" : "the data";
  const byPlace = areNumbers || (classNames !== undefined && data.classNames !== undefined);
  return [
    ...(byPlace ? [] : [`${isUnnamed} has no names of classes: they are taken in the order ${listOf(names ?? [])}`]),
    ...(missing === undefined ? [] : [missing]),
  ];
}

/** "98.91 % (9,891 of 10,000 images), loss 0.0331". */
export function testLine(figures: TestFigures): string {
  const all = figures.metrics instanceof LabelFigures ? " with all labels right" : "";
  const right = `${count(figures.metrics.correct)} of ${count(figures.images)} images${all}`;
  const shown = Object.entries(figures.chosen).filter(([name]) => name !== "exactMatch");
  const chosen = shown.map(([name, value]) => `, ${name} ${percent(value)}`);
  return `${percent(figures.accuracy)} (${right}), loss ${loss(figures.loss)}${chosen.join("")}`;
}

/** The figures of the images to test on, where there are any, as files and `--json` have them. */
export function testJson(figures: TestFigures | undefined) {
  return {
    testAccuracy: figures?.accuracy ?? null,
    testLoss: figures?.loss ?? null,
    testImages: figures?.images ?? 0,
  };
}

/** The figures besides loss and accuracy, as files and `--json` have them. */
export function detailsJson({ metrics, chosen, classNames }: TestFigures) {
  if (metrics instanceof LabelFigures) {
    const precisions = metrics.averagePrecisions();
    const classes = metrics.perClass().map((figures, i) => ({
      name: classNames[i],
      ...figures,
      averagePrecision: Number.isNaN(precisions[i]) ? null : precisions[i],
    }));
    return { metrics: chosen, macro: metrics.macro(), classes };
  }
  const { classes, confusion } = metrics;
  return {
    metrics: chosen,
    topK: topKOf(metrics),
    macro: metrics.macro(),
    classes: metrics.perClass().map((figures, i) => ({ name: classNames[i], ...figures })),
    /** Row = true class, column = predicted class. */
    confusion: classNames.map((_, i) => [...confusion.subarray(i * classes, (i + 1) * classes)]),
  };
}

function topKOf(metrics: ClassificationMetrics): Record<string, number> {
  const wanted = [1, 2, 3, 5].filter((k) => k < metrics.classes);
  return Object.fromEntries(wanted.map((k) => [String(k), metrics.topK(k)]));
}

/** Precision, recall and F1 of each class as lines of a table. */
export function classTable({ metrics, classNames }: TestFigures): string[] {
  const figures = metrics.perClass();
  const precisions = metrics instanceof LabelFigures ? metrics.averagePrecisions() : undefined;
  const average = (value: number) => (Number.isNaN(value) ? "" : percent(value));
  return table([
    [
      precisions ? "label" : "class",
      "images",
      "precision",
      "recall",
      "F1",
      ...(precisions ? ["average precision"] : []),
    ],
    ...figures.map(({ support, precision, recall, f1 }, i) => [
      classNames[i],
      count(support),
      percent(precision),
      percent(recall),
      percent(f1),
      ...(precisions ? [average(precisions[i])] : []),
    ]),
  ]);
}

/** The most frequent mistakes, most frequent first: `4 as 9 (12)`. */
export function mistakes({ metrics, classNames }: TestFigures, most: number): string[] {
  if (metrics instanceof LabelFigures) return [];
  const { classes, confusion } = metrics;
  const pairs = Array.from(confusion, (times, i) => ({ times, truth: Math.floor(i / classes), guess: i % classes }));
  return pairs
    .filter(({ times, truth, guess }) => times > 0 && truth !== guess)
    .sort((a, b) => b.times - a.times)
    .slice(0, most)
    .map(({ times, truth, guess }) => `${classNames[truth]} as ${classNames[guess]} (${times})`);
}
