import { type Augment, type AugmentOptions, readAugment, writeTransform } from "../data/augment.ts";
import type { Dataset } from "../data/dataset.ts";
import { checkNumber, readFields } from "../json-fields.ts";
import { TRANSFORM_FLOATS } from "../model/layout.ts";
import type { Network } from "../model/network.ts";
import { permutation, RandomStream } from "../numeric/random.ts";
import type { Callback, TrainingControl } from "./callback.ts";
import { checkData, evaluate } from "./evaluate.ts";
import type { EpochEvent, FitEvent, StepEvent } from "./events.ts";
import { Breather } from "./pause.ts";
import { type Progress, START } from "./progress.ts";
import { constant, learningRateAt, parseSchedule, type Schedule } from "./schedules.ts";

export interface FitOptions {
  /** Passes over the data. Default 1. */
  epochs?: number;
  /** Evaluated after each epoch. Default none. */
  validation?: Dataset;
  /** Learning rate over time. Default constant. */
  schedule?: Schedule;
  /** Random changes to the images. Default none. */
  augment?: AugmentOptions;
  /** A new order in each epoch. Default true. */
  shuffle?: boolean;
  callbacks?: readonly Callback[];
  /** Ends the run after the current step, or within a validation; the trainer can go on from there. */
  signal?: AbortSignal;
}

const FIT_KEYS = [
  "epochs",
  "validation",
  "schedule",
  "augment",
  "shuffle",
  "callbacks",
  "signal",
] satisfies (keyof FitOptions)[];

/** What `fit` returns. */
export interface History {
  readonly epochs: readonly EpochEvent[];
  /** Why the run ended: all epochs done, the signal, or a callback's reason. */
  readonly end: "completed" | "interrupted" | { readonly stopped: string };
}

/**
 * One training run: owns the order of the data and the place in the schedule, and can stop and go on at any step. All
 * random numbers follow from the seed, the epoch and the step, so a resumed run is the same run.
 */
export class Trainer {
  readonly network: Network;
  readonly #data: Dataset;
  readonly #seed: number;
  readonly #epochs: number;
  readonly #schedule: Schedule;
  readonly #augment: Augment | undefined;
  readonly #options: FitOptions;
  #progress: Progress = START;

  /** @throws TypeError, RangeError if the data does not fit the network, or for a wrong option */
  constructor(network: Network, data: Dataset, seed: number, options: FitOptions = {}) {
    readFields("fit", options, FIT_KEYS);
    checkData(network, data, "fit");
    if (options.validation !== undefined) checkData(network, options.validation, "fit: validation");
    if (network.optimizer === undefined) {
      throw new TypeError("fit: expected a model compiled with an optimizer, got none");
    }
    this.network = network;
    this.#data = data;
    this.#seed = seed;
    this.#options = options;
    this.#epochs = checkNumber("fit", "epochs", options.epochs ?? 1, { whole: true, minimum: 1 });
    this.#schedule = options.schedule === undefined ? constant() : parseSchedule(options.schedule);
    this.#augment = options.augment === undefined ? undefined : readAugment(options.augment);
    const stranger = Array.from(this.callbacks).find((callback) => typeof callback !== "object");
    if (stranger !== undefined) throw new TypeError(`fit: expected callbacks such as new StopOnNaN(), got ${stranger}`);
    const names = new Set(this.callbacks.map(({ name }) => name));
    if (names.size < this.callbacks.length) throw new RangeError("fit: expected callbacks of different names");
  }

  get callbacks(): readonly Callback[] {
    return this.#options.callbacks ?? [];
  }

  get stepsPerEpoch(): number {
    return Math.ceil(this.#data.length / this.network.batchSize);
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** Goes on from where another run of the same options stood; weights and optimizer state must be back in place. */
  resume(progress: Progress): void {
    const { epoch, stepInEpoch, step } = progress;
    const steps = this.stepsPerEpoch;
    if (epoch * steps + stepInEpoch !== step || stepInEpoch > steps || epoch > this.#epochs) {
      throw new RangeError(
        `resume: expected a run of ${this.#epochs} epochs of ${steps} steps, ` +
          `got one at epoch ${epoch}, step ${stepInEpoch}, ${step} in all`,
      );
    }
    this.#progress = progress;
  }

  /** Runs to the end, and says what happens: an event after every step and every epoch. */
  async *run(): AsyncGenerator<FitEvent, History> {
    const { signal } = this.#options;
    const control = this.#control();
    const breather = new Breather();
    if (this.#progress.step === 0) {
      // What a run before left behind would be taken for this one's: moments, best weights, epochs waited.
      this.network.resetOptimizer();
      for (const callback of this.callbacks) callback.onTrainBegin?.();
    }
    while (this.#progress.epoch < this.#epochs && this.#progress.stopped === null) {
      const order = this.#order();
      const epochStart = performance.now() - 1000 * this.#progress.trainSeconds;
      while (this.#progress.stepInEpoch < this.stepsPerEpoch) {
        if (signal?.aborted) return this.#history("interrupted");
        const event = this.#step(order);
        for (const callback of this.callbacks) await callback.onStepEnd?.(event, control);
        yield event;
        if (this.#progress.stopped !== null) return this.#end(control);
        await breather.pause();
      }
      if (signal?.aborted) return this.#history("interrupted");
      const event = await this.#endEpoch(epochStart).catch((error: unknown) => {
        // Cut off in the middle of the validation: a resumed run begins with it.
        if (signal?.aborted && error === signal.reason) return undefined;
        throw error;
      });
      if (event === undefined) return this.#history("interrupted");
      for (const callback of this.callbacks) await callback.onEpochEnd?.(event, control);
      yield event;
    }
    return this.#end(control);
  }

  async #end(control: TrainingControl): Promise<History> {
    for (const callback of this.callbacks) await callback.onTrainEnd?.(control);
    const { stopped } = this.#progress;
    return this.#history(stopped === null ? "completed" : { stopped });
  }

  #history(end: History["end"]): History {
    return { epochs: this.#progress.history, end };
  }

  /** The order of the images in the current epoch. */
  #order(): Uint32Array {
    const { length } = this.#data;
    if (this.#options.shuffle === false) return Uint32Array.from({ length }, (_, i) => i);
    return permutation(length, RandomStream.from(this.#seed, "shuffle").child(this.#progress.epoch));
  }

  #step(order: Uint32Array): StepEvent {
    const start = performance.now();
    const { network, stepsPerEpoch } = this;
    const { epoch, stepInEpoch, step } = this.#progress;
    const begin = stepInEpoch * network.batchSize;
    const n = Math.min(network.batchSize, order.length - begin);
    const lr = this.#learningRate(step);

    network.stageImages(this.#data.images, n, begin, order);
    network.stageTargets(this.#data, n, begin, order);
    if (this.#augment !== undefined) this.#writeTransforms(this.#augment, n, step);
    network.trainStep(n, step + 1, lr, this.#augment !== undefined);

    const { losses, correct } = network.results(n);
    let loss = 0;
    let right = 0;
    for (let i = 0; i < n; i++) {
      loss += losses[i];
      right += correct[i];
    }
    const now: Progress = {
      ...this.#progress,
      stepInEpoch: stepInEpoch + 1,
      step: step + 1,
      loss: this.#progress.loss + loss,
      correct: this.#progress.correct + right,
      images: this.#progress.images + n,
      trainSeconds: this.#progress.trainSeconds + (performance.now() - start) / 1000,
    };
    this.#progress = now;
    return {
      event: "step",
      epoch: epoch + 1,
      step: now.step,
      stepInEpoch: now.stepInEpoch,
      stepsPerEpoch,
      batchSize: n,
      loss: loss / n,
      epochLoss: now.loss / now.images,
      epochAccuracy: this.#accuracy(now),
      lr,
      imagesPerSecond: now.images / now.trainSeconds,
    };
  }

  #writeTransforms(augment: Augment, n: number, step: number): void {
    const stream = RandomStream.from(this.#seed, "augment").child(step);
    const target = this.network.transforms;
    const { shape } = this.network.architecture.input;
    for (let i = 0; i < n; i++) writeTransform(target, i * TRANSFORM_FLOATS, augment, shape, stream, i);
  }

  async #endEpoch(start: number): Promise<EpochEvent> {
    const { validation, signal } = this.#options;
    const { epoch, step, loss, images, trainSeconds } = this.#progress;
    const validated =
      validation === undefined ? undefined : await evaluate(this.network, validation, signal && { signal });
    const event: EpochEvent = {
      event: "epoch",
      epoch: epoch + 1,
      epochs: this.#epochs,
      trainLoss: loss / images,
      trainAccuracy: this.#accuracy(this.#progress),
      ...(validated !== undefined && { valLoss: validated.loss, valAccuracy: validated.accuracy }),
      lr: this.#learningRate(step - 1),
      imagesPerSecond: images / trainSeconds,
      seconds: (performance.now() - start) / 1000,
    };
    this.#progress = {
      ...this.#progress,
      epoch: epoch + 1,
      stepInEpoch: 0,
      loss: 0,
      correct: 0,
      images: 0,
      trainSeconds: 0,
      history: [...this.#progress.history, event],
    };
    return event;
  }

  /** Of a step, counted from 0: what the schedule says, times what callbacks made of it. */
  #learningRate(step: number): number {
    const { stepsPerEpoch } = this;
    const base = this.network.optimizer?.learningRate ?? 0;
    const scheduled = learningRateAt(this.#schedule, base, step, this.#epochs * stepsPerEpoch, stepsPerEpoch);
    return scheduled * this.#progress.learningRateFactor;
  }

  #accuracy({ correct, images }: Progress): number {
    return this.network.loss?.classes === true ? correct / images : Number.NaN;
  }

  #control(): TrainingControl {
    const { network } = this;
    const { offset, count } = network.parameters.values;
    const trainer = this;
    return {
      get learningRateFactor() {
        return trainer.#progress.learningRateFactor;
      },
      set learningRateFactor(factor) {
        trainer.#progress = { ...trainer.#progress, learningRateFactor: factor };
      },
      stop(reason) {
        trainer.#progress = { ...trainer.#progress, stopped: reason };
      },
      copyParameters: () => Float32Array.from(network.view(offset, count)),
      restoreParameters(parameters) {
        // From a checkpoint they may be of another model; the heap would take them, and lose what lies behind.
        if (parameters.length !== count) {
          throw new RangeError(`restoreParameters: expected ${count} values, got ${parameters.length}`);
        }
        network.engine.heap.set(parameters, offset);
        network.parametersChanged();
      },
    };
  }
}
