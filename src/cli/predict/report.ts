import type { Pixels } from "../../data/pixels.ts";
import { shownPixels } from "../../data/scaling.ts";
import { rankScores } from "../../training/classify.ts";
import type { Model } from "../../training/model.ts";
import { bar, barLine } from "../bar.ts";
import type { Context } from "../context.ts";
import { count, counted, percent } from "../format.ts";
import { drawPixels } from "../picture.ts";
import type { Subject } from "./images.ts";
import {
  answerOf,
  csvFormat,
  nameOf,
  type Prediction,
  predictionJson,
  type TableFile,
  type TableFormat,
  type TableHead,
} from "./table.ts";

const BAR_WIDTH = 30;

/** The form in which predictions are told. */
export interface ReportOptions {
  /** Classes that are shown. */
  readonly top: number;
  /** True: the image that the network sees is drawn. */
  readonly show: boolean;
  /** True: a CSV table takes the place of all else on standard output. */
  readonly csv: boolean;
  /** The number of images, where it is known. */
  readonly total: number | undefined;
  readonly hasTruth: boolean;
  /** Score above which a label counts; undefined for models of one class each. */
  readonly threshold: number | undefined;
  /** A file for the table. */
  readonly file: TableFile | undefined;
}

/** True for a model that says any number of labels. */
export function predictsLabels(model: Model): boolean {
  return model.network.loss?.activation === "sigmoid";
}

/** Name of a model's scores. */
export function scoreName(model: Model): string {
  return model.network.loss?.activation === "softmax" ? "probability" : "score";
}

/** Tells of predictions as they come: for people, as JSON, or as a table; counts those that are right where their class is known. */
export class PredictionReport {
  readonly #model: Model;
  readonly #options: ReportOptions;
  readonly #context: Context;
  readonly #score: string;
  readonly #csv: TableFormat | undefined;
  #done = 0;
  #broken = 0;
  #known = 0;
  #right = 0;

  constructor(model: Model, options: ReportOptions, context: Context) {
    this.#model = model;
    this.#options = options;
    this.#context = context;
    this.#score = scoreName(model);
    const { hasTruth, top, threshold } = options;
    const head: TableHead = { score: this.#score, hasTruth, top, threshold };
    this.#csv = options.csv ? csvFormat(head) : undefined;
    if (this.#csv !== undefined) context.output.result(this.#csv.begin.trimEnd());
  }

  /** Tells of a batch of images, with their scores one after the other. */
  async add(subjects: readonly Subject[], images: readonly Pixels[], scores: Float32Array): Promise<void> {
    const { outputs } = this.#model.architecture;
    const predictions = subjects.map((subject, i): Prediction => {
      const ranked = rankScores(scores.subarray(i * outputs, (i + 1) * outputs), this.#model.classNames);
      return { subject, ranked, ...answerOf(ranked, this.#options.threshold, this.#model.classNames) };
    });
    predictions.forEach((prediction, i) => {
      this.#count(prediction);
      this.#tell(prediction, images[i]);
    });
    await this.#options.file?.add(predictions);
    this.progress();
  }

  /** Notes an image that could not be read. */
  addBroken(): void {
    this.#broken += 1;
  }

  /** Draws how far it is. */
  progress(now = false): void {
    const { output } = this.#context;
    const { total } = this.#options;
    const done = this.#done + this.#broken;
    const words = `${count(done)} images`;
    output.status(
      (columns) =>
        total === undefined
          ? `predicting: ${words}`
          : barLine(done / total, "predicting", [`${count(done)} of ${count(total)}`], columns, output.look),
      now,
    );
  }

  /** Tells of all images together. */
  finish(): void {
    const { output } = this.#context;
    output.clearStatus();
    const broken = this.#broken > 0 ? `; ${counted(this.#broken, "image")} could not be read` : "";
    const right = `${count(this.#right)} of ${count(this.#known)} right (${percent(this.#right / this.#known)})`;
    output.text();
    output.text(
      `${counted(this.#done, "image")}${this.#known > 0 ? `, ${right} by their folders' names` : ""}${broken}`,
    );
    const known = this.#known > 0 && { known: this.#known, right: this.#right, accuracy: this.#right / this.#known };
    output.event({ event: "done", images: this.#done, broken: this.#broken, ...known });
  }

  #count({ subject: { truth }, answer }: Prediction): void {
    this.#done += 1;
    if (truth === undefined) return;
    this.#known += 1;
    if (truth === answer) this.#right += 1;
  }

  #tell(prediction: Prediction, pixels: Pixels): void {
    const { output } = this.#context;
    const { subject, answer } = prediction;
    output.event({ event: "prediction", ...predictionJson(prediction, this.#score) });
    if (this.#csv !== undefined) output.result(this.#csv.row(prediction).trimEnd());
    else if (output.mode === "quiet") {
      output.result([nameOf(subject), answer].map((word) => word.replaceAll("\t", " ")).join("\t"));
    } else if (this.#options.file === undefined) this.#show(prediction, pixels);
  }

  /** A line for an image of many; of one that was named, a line for each of its likeliest classes. */
  #show({ subject, ranked, answer, labels }: Prediction, pixels: Pixels): void {
    const { output } = this.#context;
    const { isNamed, truth } = subject;
    const shown = (text: string) => (text === "" ? "none of the labels" : text.replaceAll(";", ", "));
    const words = labels === undefined ? (text: string) => text : shown;
    const other = truth === undefined || truth === answer ? "" : `  ${output.style.red(`not ${words(truth)}`)}`;
    const score = labels === undefined ? `  ${this.#figure(ranked[0].score)}` : "";
    output.text(`${nameOf(subject)}: ${output.style.bold(words(answer))}${isNamed ? "" : `${score}${other}`}`);
    if (this.#options.show) {
      const { scaling, architecture } = this.#model;
      for (const line of drawPixels(shownPixels(pixels, scaling), architecture.input.shape)) output.text(`  ${line}`);
    }
    if (!isNamed) return;
    const top = ranked.slice(0, Math.max(this.#options.top, labels?.length ?? 0));
    const width = Math.max(...top.map(({ name }) => name.length));
    const look = { ...output.look, style: output.style };
    for (const { name, score } of top) {
      const share = this.#score === "probability" || labels !== undefined ? `${bar(score, BAR_WIDTH, look)} ` : "";
      output.text(`  ${name.padStart(width)}  ${share}${this.#figure(score).padStart(share === "" ? 0 : 8)}`);
    }
  }

  #figure(score: number): string {
    return this.#score === "probability" ? percent(score) : String(score);
  }
}
