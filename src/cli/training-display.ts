import type { EpochEvent, StepEvent } from "../training/events.ts";
import { barLine } from "./bar.ts";
import { clock, count, duration, loss, percent, short } from "./format.ts";
import type { Output } from "./output.ts";

/** Shows a training run as it goes on: a status line for steps, a line for each epoch. */
export class TrainingDisplay {
  readonly #output: Output;
  readonly #epochs: number;

  constructor(output: Output, epochs: number) {
    this.#output = output;
    this.#epochs = epochs;
  }

  step(event: StepEvent): void {
    const { output, epochs } = { output: this.#output, epochs: this.#epochs };
    if (!output.isLive) return;
    const { epoch, stepInEpoch, stepsPerEpoch, batchSize, epochLoss, epochAccuracy, imagesPerSecond } = event;
    const stepsLeft = (epochs - epoch) * stepsPerEpoch + stepsPerEpoch - stepInEpoch;
    const parts = [
      `loss ${loss(epochLoss)}`,
      ...(Number.isNaN(epochAccuracy) ? [] : [`accuracy ${percent(epochAccuracy)}`]),
      `${clock((stepsLeft * batchSize) / imagesPerSecond)} left`,
      `${count(imagesPerSecond)} images/s`,
    ];
    const head = this.#head(epoch);
    output.status((columns) => barLine(stepInEpoch / stepsPerEpoch, head, parts, columns, output.look));
  }

  epoch(event: EpochEvent): void {
    const { style } = this.#output;
    const { epoch, trainLoss, trainAccuracy, valLoss, valAccuracy, lr, imagesPerSecond, seconds } = event;
    const parts = [
      `loss ${loss(trainLoss)}`,
      ...(Number.isNaN(trainAccuracy) ? [] : [`accuracy ${percent(trainAccuracy)}`]),
      ...(valLoss === undefined ? [] : [style.bold(`validation loss ${loss(valLoss)}`)]),
      ...(valAccuracy === undefined || Number.isNaN(valAccuracy)
        ? []
        : [style.bold(`accuracy ${percent(valAccuracy)}`)]),
      style.dim(`lr ${short(lr)}`),
      style.dim(`${count(imagesPerSecond)} images/s`),
      style.dim(duration(seconds)),
    ];
    this.#output.text([this.#head(epoch), ...parts].join("  "));
  }

  #head(epoch: number): string {
    const all = String(this.#epochs);
    return `epoch ${String(epoch).padStart(all.length)}/${all}`;
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
  };
}
