import { csvCell } from "../../node/csv-cell.ts";
/**
 * Predictions as a table for other programs: CSV, or JSON.
 *
 * @module
 */

import { extname } from "node:path";
import { GrowingFile } from "../../node/growing-file.ts";
import type { ClassScore } from "../../training/classify.ts";
import { visibleJson } from "../../visible.ts";
import { UsageError } from "../command-error.ts";
import { joined, type Subject } from "./images.ts";

/** The answer for an image. */
export interface Prediction {
  readonly subject: Subject;
  /** The classes, best first. */
  readonly ranked: readonly ClassScore[];
  /** The best class, or the labels that count as `joined` writes them. */
  readonly answer: string;
  /** The labels that count, of a model of any number of them. */
  readonly labels?: readonly string[] | undefined;
}

/** The answer that a model gives by the scores of its classes. */
export function answerOf(
  ranked: readonly ClassScore[],
  threshold: number | undefined,
  classNames: readonly string[] | undefined,
): Pick<Prediction, "answer" | "labels"> {
  if (threshold === undefined) return { answer: ranked[0].name };
  const labels = ranked.filter(({ score }) => score > threshold).map(({ name }) => name);
  return { answer: joined(labels, classNames), labels };
}

/** Facts of all rows. */
export interface TableHead {
  /** Name of the scores: `probability` or `score`. */
  readonly score: string;
  /** True for columns of the class by the folder. */
  readonly hasTruth: boolean;
  /** Classes in a row. */
  readonly top: number;
  /** Score above which a label counts; undefined for models of one class each. */
  readonly threshold?: number | undefined;
}

/** A format of tables: its text before the rows, of a row, between rows, and after them. */
export interface TableFormat {
  readonly begin: string;
  readonly between: string;
  readonly end: string;
  row(prediction: Prediction): string;
}

/** An image's name: the path of its file, and its place in one of several. */
export function nameOf({ path, index }: Subject): string {
  return index === undefined ? path : `${path}[${index}]`;
}

/**
 * A row as CSV (RFC 4180): `image,class,probability`, or `image,labels,class,score` of a model of any number of labels; then `true_class,right` where classes are known, then the next classes as `class_2,
 * probability_2` and so on.
 */
export function csvFormat({ score, hasTruth, top, threshold }: TableHead): TableFormat {
  const places = Array.from({ length: top - 1 }, (_, i) => i + 2);
  const more = places.flatMap((place) => [`class_${place}`, `${score}_${place}`]);
  const haveLabels = threshold !== undefined;
  const columns = [
    "image",
    ...(haveLabels ? ["labels"] : []),
    "class",
    score,
    ...(hasTruth ? ["true_class", "right"] : []),
    ...more,
  ];
  return {
    begin: `${columns.join(",")}\n`,
    between: "",
    end: "",
    row({ subject, ranked, answer }) {
      const [best, ...others] = ranked.slice(0, top);
      const { truth } = subject;
      const known = truth === undefined ? ["", ""] : [truth, String(truth === answer)];
      const own = haveLabels ? [answer] : [];
      const cells = [nameOf(subject), ...own, best.name, best.score, ...(hasTruth ? known : [])];
      return `${[...cells, ...others.flatMap(({ name, score: value }) => [name, value])].map(csvCell).join(",")}\n`;
    },
  };
}

/** A prediction as JSON, with the scores of all classes in the model's order. */
export function predictionJson(
  { subject, ranked, answer, labels }: Prediction,
  score: string,
): Readonly<Record<string, unknown>> {
  const { path, index, truth } = subject;
  const [best] = ranked;
  const scores = [...ranked].sort((a, b) => a.index - b.index).map((each) => each.score);
  return {
    image: path,
    ...(index !== undefined && { index }),
    ...(labels !== undefined && { labels }),
    class: best.name,
    classIndex: best.index,
    [score]: best.score,
    ...(truth !== undefined && { trueClass: truth, right: truth === answer }),
    [score === "score" ? "scores" : "probabilities"]: scores,
  };
}

function jsonFormat({ score }: TableHead, isLines: boolean): TableFormat {
  const row = (prediction: Prediction) => visibleJson(predictionJson(prediction, score));
  return isLines
    ? { begin: "", between: "", end: "", row: (prediction) => `${row(prediction)}\n` }
    : { begin: "[", between: ",", end: "\n]\n", row: (prediction) => `\n${row(prediction)}` };
}

/**
 * The format of a file by its name.
 *
 * @throws UsageError for another ending than `.csv`, `.json` and `.jsonl`
 */
export function formatFor(path: string): (head: TableHead) => TableFormat {
  switch (extname(path).toLowerCase()) {
    case ".csv":
      return csvFormat;
    case ".json":
      return (head) => jsonFormat(head, false);
    case ".jsonl":
      return (head) => jsonFormat(head, true);
    default:
      throw new UsageError("--out", "a name that ends in .csv, .json or .jsonl", JSON.stringify(path));
  }
}

/** A table in a file, which is complete or not there. */
export class TableFile {
  readonly #file: GrowingFile;
  readonly #format: TableFormat;
  #isFirst = true;

  private constructor(file: GrowingFile, format: TableFormat) {
    this.#file = file;
    this.#format = format;
  }

  /** @throws UsageError, FileError for a path where none can be */
  static async open(path: string, head: TableHead): Promise<TableFile> {
    const format = formatFor(path)(head);
    const file = await GrowingFile.open(path);
    await file.append(format.begin);
    return new TableFile(file, format);
  }

  async add(predictions: readonly Prediction[]): Promise<void> {
    if (predictions.length === 0) return;
    const { between } = this.#format;
    const rows = predictions.map((prediction) => this.#format.row(prediction)).join(between);
    await this.#file.append(this.#isFirst ? rows : between + rows);
    this.#isFirst = false;
  }

  async finish(): Promise<void> {
    await this.#file.append(this.#format.end);
    await this.#file.finish();
  }

  /** Removes it, unless it is finished. */
  discard(): Promise<void> {
    return this.#file.discard();
  }
}
