import type { EpochEvent, EvaluationEvent, FitEvent, ModelDescription, StepEvent } from "convasm";
import { Curve } from "./curve.ts";

/** Seconds of steps that the present speed is measured over. */
const RATE_SECONDS = 1;

/** Seconds of the clock that the time left is reckoned from. */
const PACE_SECONDS = 6;

/** A moment of a run. */
interface Mark {
  readonly images: number;
  /** Seconds that steps took, as the worker measured them. */
  readonly stepSeconds: number;
  readonly steps: number;
  /** Seconds on the page's clock. */
  readonly clock: number;
}

/** The figures of a run, as its events bring them. */
export class Figures {
  readonly trainLoss = new Curve();
  readonly trainAccuracy = new Curve();
  /** Validation figures by the epochs done at them. */
  readonly validation: { readonly epochs: number; readonly loss: number; readonly accuracy: number }[] = [];
  readonly epochs: EpochEvent[] = [];
  readonly #batchSize: number;
  readonly #epochCount: number;
  readonly #stepsPerEpoch: number;
  #step: StepEvent | undefined;
  #marks: Mark[] = [];
  /** Figures of the epochs before the present one. */
  #before = { images: 0, seconds: 0 };
  /** Figures of the present epoch. */
  #now = { images: 0, seconds: 0, correct: 0 };

  constructor({ batchSize, epochs, stepsPerEpoch }: { batchSize: number; epochs: number; stepsPerEpoch: number }) {
    this.#batchSize = batchSize;
    this.#epochCount = epochs;
    this.#stepsPerEpoch = stepsPerEpoch;
  }

  /** The last step's event. */
  get step(): StepEvent | undefined {
    return this.#step;
  }

  get lastValidation() {
    return this.validation.at(-1);
  }

  /** Share of all steps that are done, 0 to 1. */
  get share(): number {
    return (this.#step?.step ?? 0) / this.totalSteps;
  }

  get totalSteps(): number {
    return this.#stepsPerEpoch * this.#epochCount;
  }

  add(event: FitEvent, clock = performance.now() / 1000): void {
    switch (event.event) {
      case "step":
        this.#addStep(event, clock);
        break;
      case "evaluation":
        this.#addEvaluation(event);
        break;
      case "epoch":
        this.#addEpoch(event);
        break;
      case "average":
        break;
    }
  }

  #addStep(event: StepEvent, clock: number): void {
    const { stepInEpoch, batchSize, epochAccuracy, imagesPerSecond, loss, step } = event;
    if (stepInEpoch === 1) {
      this.#before = {
        images: this.#before.images + this.#now.images,
        seconds: this.#before.seconds + this.#now.seconds,
      };
      this.#now = { images: 0, seconds: 0, correct: 0 };
    }
    const images = (stepInEpoch - 1) * this.#batchSize + batchSize;
    const correct = Math.round(epochAccuracy * images);
    const x = step / this.#stepsPerEpoch;
    this.trainLoss.add(x, loss);
    // The event has the mean of the epoch so far; what this batch added to it follows.
    if (this.#now.images + batchSize === images) this.trainAccuracy.add(x, (correct - this.#now.correct) / batchSize);
    this.#now = { images, seconds: images / imagesPerSecond, correct };
    this.#step = event;
    this.#mark(step, clock);
  }

  #mark(steps: number, clock: number): void {
    const stepSeconds = this.#before.seconds + this.#now.seconds;
    this.#marks.push({ images: this.#before.images + this.#now.images, stepSeconds, steps, clock });
    // A mark from before each window has to stay.
    const isOld = (mark: Mark | undefined): boolean =>
      mark !== undefined && mark.stepSeconds < stepSeconds - RATE_SECONDS && mark.clock < clock - PACE_SECONDS;
    while (isOld(this.#marks[1])) this.#marks.shift();
  }

  #addEvaluation({ on, step, loss, accuracy }: EvaluationEvent): void {
    // Beside the whole validation at an epoch's end, a sample of it tells nothing.
    const steps = step % this.#stepsPerEpoch;
    const isNear = Math.min(steps, this.#stepsPerEpoch - steps) < this.#stepsPerEpoch / 10;
    if (on === "validation" && !isNear) this.validation.push({ epochs: step / this.#stepsPerEpoch, loss, accuracy });
  }

  #addEpoch(event: EpochEvent): void {
    const { epoch, valLoss, valAccuracy } = event;
    this.epochs.push(event);
    if (valLoss === undefined || valAccuracy === undefined) return;
    this.validation.push({ epochs: epoch, loss: valLoss, accuracy: valAccuracy });
  }

  /** Forgets the clock's past after a pause, so that the time left does not count it. */
  paused(): void {
    this.#marks = this.#marks.slice(-1);
  }

  /** Images per second of training steps at present; NaN before there is anything to measure. */
  get imagesPerSecond(): number {
    const last = this.#marks.at(-1);
    if (last === undefined) return Number.NaN;
    const first =
      this.#marks.findLast(({ stepSeconds }) => stepSeconds <= last.stepSeconds - RATE_SECONDS) ?? this.#marks[0];
    if (first === last) return this.#step?.imagesPerSecond ?? Number.NaN;
    return (last.images - first.images) / (last.stepSeconds - first.stepSeconds);
  }

  /** Seconds to the end at the present pace, validation included. */
  get secondsLeft(): number {
    const [first] = this.#marks;
    const last = this.#marks.at(-1);
    if (last === undefined || last.steps === first.steps) return Number.NaN;
    return ((this.totalSteps - last.steps) * (last.clock - first.clock)) / (last.steps - first.steps);
  }
}

/** Note on how operations are counted. */
export const OPERATIONS_NOTE =
  "Counted are the multiply-adds of convolutions and dense layers, each as two operations: forward, for the gradients of the weights, " +
  "and for those of the data, which the first layer with weights does not need. Winograd's convolutions do fewer.";

/** Operations that training with one image takes. */
export function operationsPerImage({ layers }: ModelDescription): number {
  let operations = 0;
  let isFirst = true;
  for (const { type, multiplyAdds, parameters } of layers) {
    const passes = isFirst && type !== "residual" ? 2 : 3;
    operations += 2 * passes * multiplyAdds;
    if (parameters > 0) isFirst = false;
  }
  return operations;
}
