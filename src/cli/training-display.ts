import type { EpochEvent, ReportEvent, StepEvent } from "../training/events.ts";
import { barLine } from "./bar.ts";
import { clock, count, counted, duration, loss, percent, short } from "./format.ts";
import type { Output } from "./output.ts";

const MAX_LINES_PER_EPOCH = 30;

/** Share of the time from which on waiting for images is told. */
const NOTABLE_WAIT = 0.1;

/** Shows a training run as it goes on: a status line for steps, a line for each epoch. */
export class TrainingDisplay {
  readonly #output: Output;
  readonly #epochs: number;
  readonly #label: string;
  /** Seconds of the epoch's steps, and those of them in which images were waited for. */
  #seconds = 0;
  #waited = 0;
  #epoch = 0;

  /** @param label stands in front of all lines */
  constructor(output: Output, epochs: number, label = "") {
    this.#label = label;
    this.#output = output;
    this.#epochs = epochs;
  }

  step(event: StepEvent): void {
    const output = this.#output;
    this.#countWaiting(event);
    if (!output.isLive) return;
    const { epoch, stepInEpoch, stepsPerEpoch, batchSize, epochLoss, epochAccuracy, imagesPerSecond } = event;
    const stepsLeft = (this.#epochs - epoch) * stepsPerEpoch + stepsPerEpoch - stepInEpoch;
    const parts = [
      `loss ${loss(epochLoss)}`,
      ...(Number.isNaN(epochAccuracy) ? [] : [`accuracy ${percent(epochAccuracy)}`]),
      `${clock((stepsLeft * batchSize) / imagesPerSecond)} left`,
      `${count(imagesPerSecond)} images/s`,
      ...this.#waiting,
    ];
    const head = this.#head(epoch);
    output.status((columns) => barLine(stepInEpoch / stepsPerEpoch, head, parts, columns, output.look));
  }

  epoch(event: EpochEvent): void {
    const { style, columns } = this.#output;
    const { epoch, trainLoss, trainAccuracy, valLoss, valAccuracy, lr, imagesPerSecond, seconds } = event;
    const hasAccuracy = !Number.isNaN(trainAccuracy);
    const figures = [this.#head(epoch), `loss ${loss(trainLoss)}`];
    if (hasAccuracy) figures.push(`accuracy ${percent(trainAccuracy).padStart(7)}`);
    const validation = valLoss === undefined ? [] : [`val loss ${loss(valLoss)}`];
    if (valAccuracy !== undefined && hasAccuracy) validation.push(`val accuracy ${percent(valAccuracy).padStart(7)}`);
    for (const [name, value] of Object.entries(event.trainMetrics ?? {})) figures.push(`${name} ${percent(value)}`);
    for (const [name, value] of Object.entries(event.valMetrics ?? {}))
      validation.push(`val ${name} ${percent(value)}`);
    const details = [duration(seconds), `${count(imagesPerSecond)} images/s`, ...this.#waiting, `lr ${short(lr)}`];
    const fitting = (parts: readonly string[]) => [...figures, ...validation, ...parts].join("  ").length < columns;
    while (details.length > 0 && !fitting(details)) details.pop();
    this.#output.text([...figures, ...validation.map(style.bold), ...details.map(style.dim)].join("  "));
  }

  /** Prints a line for figures within an epoch, unless there would be more lines of them than people read. */
  report(event: ReportEvent, every: number, stepsPerEpoch: number): void {
    if (every * MAX_LINES_PER_EPOCH < stepsPerEpoch) return;
    const { epoch, step, images, accuracy } = event;
    const what =
      event.event === "average" ? `last ${counted(event.steps, "step")}` : `${count(images)} images of ${event.on}`;
    const figures = [`loss ${loss(event.loss)}`, ...(Number.isNaN(accuracy) ? [] : [`accuracy ${percent(accuracy)}`])];
    this.#output.text([this.#head(epoch), `step ${count(step)}`, `${what}:`, ...figures].join("  "));
  }

  #countWaiting({ epoch, stepInEpoch, batchSize, imagesPerSecond, waitSeconds }: StepEvent): void {
    if (waitSeconds === undefined) return;
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#waited = 0;
    }
    this.#seconds = (stepInEpoch * batchSize) / imagesPerSecond;
    this.#waited += waitSeconds;
  }

  /** The share of the epoch in which the network waited for images, where that is worth a word. */
  get #waiting(): string[] {
    const share = this.#waited / this.#seconds;
    return share >= NOTABLE_WAIT ? [`${percent(Math.min(1, share), 0)} waiting for data`] : [];
  }

  #head(epoch: number): string {
    const all = String(this.#epochs);
    return `${this.#label}epoch ${String(epoch).padStart(all.length)}/${all}`;
  }
}

/** An epoch as `--json` prints it; without validation its figures are null, so that every line has the same keys. */
export function epochJson(event: EpochEvent): Readonly<Record<string, unknown>> {
  const { epoch, epochs, trainLoss, trainAccuracy, valLoss, valAccuracy, lr, imagesPerSecond, seconds } = event;
  return {
    event: "epoch",
    epoch,
    epochs,
    trainLoss,
    trainAccuracy,
    valLoss: valLoss ?? null,
    valAccuracy: valAccuracy ?? null,
    lr,
    imagesPerSecond,
    seconds,
    ...(event.trainMetrics !== undefined && { trainMetrics: event.trainMetrics }),
    ...(event.valMetrics !== undefined && { valMetrics: event.valMetrics }),
  };
}
