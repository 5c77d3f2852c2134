import type { Dataset } from "../data/dataset.ts";
import type { Network } from "../model/network.ts";
import { RandomStream } from "../numeric/random.ts";
import { WeightAverage } from "./averaging.ts";
import { type Batch, type BatchSums, transformsOf } from "./batch.ts";
import type { Callback, Stop, TrainingControl } from "./callback.ts";
import { type DistributionStrategy, singleNetwork } from "./distribution-strategy.ts";
import { checkData, type EvaluateOptions, type Evaluation } from "./evaluate.ts";
import { TimeSlice } from "./event-loop.ts";
import type { EpochEvent, FitEvent, ReportEvent, StepEvent } from "./events.ts";
import { type FitOptions, readFitOptions } from "./fit-options.ts";
import { NO_SUMS, type Progress, START, type Sums } from "./progress.ts";
import { checkReports, dueReports, type SampleEvaluation } from "./reports.ts";
import { drawSample, drawsPerEpoch, epochOrder } from "./sampling.ts";
import { learningRates } from "./schedules.ts";
import { useAverage } from "./use-average.ts";

/** What `fit` returns. */
export interface History {
  readonly epochs: readonly EpochEvent[];
  /** Averages and evaluations in the course of the epochs, in order; empty unless asked for. */
  readonly reports: readonly ReportEvent[];
  /** Why the run ended: all epochs done, the signal, or a callback's reason. */
  readonly end: "completed" | "interrupted" | Stop;
}

/**
 * One training run: owns the order of the data and the place in the schedule, and can stop and go on at any step. All
 * random numbers follow from the seed, the epoch and the step, so a resumed run is the same run.
 */
export class Trainer {
  readonly network: Network;
  readonly #data: Dataset;
  readonly #seed: number;
  readonly #rate: ReturnType<typeof learningRates>;
  readonly #draws: number;
  /** The average of the weights, where one is kept. @internal */
  readonly average: WeightAverage | undefined;
  readonly #options: ReturnType<typeof readFitOptions>;
  #strategy: DistributionStrategy;
  #progress: Progress = START;
  #stop: Stop | undefined;
  /** Milliseconds of the epoch in which whoever reads the events had the word, such as a pause. */
  #away = 0;
  /** Whether it stands between two steps, with nothing half done. */
  #isBetweenSteps = true;

  /**
   * @throws TypeError, RangeError if the data does not fit the network, or for a wrong option
   * @internal
   */
  constructor(network: Network, data: Dataset, seed: number, options: FitOptions = {}) {
    const read = readFitOptions(options);
    const { epochs, schedule, stepsPerEpoch, averaging, validation } = read;
    checkData(network, data, "fit");
    if (validation !== undefined) checkData(network, validation, "fit: validation");
    if (network.optimizer === undefined) {
      throw new TypeError("fit: expected a model compiled with an optimizer, got none");
    }
    this.network = network;
    this.#strategy = singleNetwork(network);
    this.#data = data;
    this.#seed = seed;
    this.#options = read;
    this.#draws = drawsPerEpoch(data.length, network.batchSize, stepsPerEpoch);
    const steps = epochs * this.stepsPerEpoch;
    this.#rate = learningRates(schedule, steps, this.stepsPerEpoch);
    checkReports(read, steps, validation !== undefined);
    if (averaging !== undefined) this.average = new WeightAverage(averaging, this.stepsPerEpoch, steps);
  }

  get callbacks(): readonly Callback[] {
    return this.#options.callbacks;
  }

  get stepsPerEpoch(): number {
    return Math.ceil(this.#draws / this.network.batchSize);
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** The end that a callback asked for in this run, if one did. */
  get stop(): Stop | undefined {
    return this.#stop;
  }

  /** Whether all that a checkpoint holds is of one moment: not in the middle of a step, a callback or the end of an epoch. */
  get isBetweenSteps(): boolean {
    return this.#isBetweenSteps;
  }

  /**
   * Goes on from where another run of the same options stood; weights and optimizer state must be back in place.
   * @internal
   */
  resume(progress: Progress): void {
    const { epoch, stepInEpoch, step } = progress;
    const steps = this.stepsPerEpoch;
    if (epoch * steps + stepInEpoch !== step || stepInEpoch > steps || epoch > this.#options.epochs) {
      throw new RangeError(
        `resume: expected a run of ${this.#options.epochs} epochs of ${steps} steps, ` +
          `got one at epoch ${epoch}, step ${stepInEpoch}, ${step} in all`,
      );
    }
    this.#progress = progress;
    this.network.turns.restored(this);
  }

  /**
   * Runs to the end, and says what happens: an event after every step and every epoch. It begins with the first event that
   * is asked for, and holds the model until it ends, or is left by `return()`, as `break` does in a loop.
   *
   * @throws RangeError if another run of the network is under way, or has taken its place since
   */
  run(): AsyncGenerator<FitEvent, History>;
  /**
   * @param strategy makes the steps and evaluations; default the network alone
   * @internal
   */
  run(strategy: DistributionStrategy | undefined): AsyncGenerator<FitEvent, History>;
  async *run(strategy: DistributionStrategy = singleNetwork(this.network)): AsyncGenerator<FitEvent, History> {
    const { turns } = this.network;
    if (this.#progress.step > 0 && turns.latest !== this) {
      const { step } = this.#progress;
      throw new RangeError(
        `fit: expected the network's latest run, got one at step ${step} that another came after; resume it from a checkpoint`,
      );
    }
    turns.begin(this);
    try {
      return yield* this.#run(strategy);
    } finally {
      this.#isBetweenSteps = true;
      turns.end(this);
    }
  }

  async *#run(strategy: DistributionStrategy): AsyncGenerator<FitEvent, History> {
    const { turns } = this.network;
    this.#strategy = strategy;
    const { control } = this;
    const slice = new TimeSlice();
    if (this.#progress.step === 0) {
      // What a run before left behind would be taken for this one's: moments, best weights, epochs waited.
      this.network.resetOptimizer();
      this.average?.reset();
      for (const callback of this.callbacks) callback.onTrainBegin?.();
    }
    while (this.#progress.epoch < this.#options.epochs && this.#progress.stopped === null) {
      const order = this.#order();
      const epochStart = performance.now() - 1000 * this.#progress.trainSeconds;
      this.#away = 0;
      while (this.#progress.stepInEpoch < this.stepsPerEpoch) {
        // A checkpoint may have been written between a step and its reports.
        if (this.#reportsDue()) yield* this.#reports();
        const readers = turns.undisturbed();
        if (readers !== undefined) await readers;
        if (this.#isInterrupted) return this.#history("interrupted");
        this.#isBetweenSteps = false;
        const start = performance.now();
        const batch = this.#batch(order);
        const made = strategy.step(batch);
        // Awaiting what is no promise would cost every step a turn of the event loop's queue.
        const sums = made instanceof Promise ? await made : made;
        const event = this.#stepEvent(batch, sums, (performance.now() - start) / 1000);
        for (const callback of this.callbacks) {
          const done = callback.onStepEnd?.(event, control);
          if (done !== undefined) await done;
        }
        const told = performance.now();
        this.#handOver(true);
        yield event;
        this.#handOver(false);
        this.#away += performance.now() - told;
        if (turns.isOver(this)) return this.#history("interrupted");
        if (this.#progress.stopped !== null) return this.#end(control);
        const pause = slice.yieldIfOver();
        if (pause !== undefined) await pause;
      }
      yield* this.#reports();
      if (this.#isInterrupted) return this.#history("interrupted");
      this.#isBetweenSteps = false;
      const event = await this.#uninterrupted(() => this.#endEpoch(epochStart + this.#away, control));
      if (event === undefined) return this.#history("interrupted");
      this.#handOver(true);
      yield event;
      this.#handOver(false);
      if (turns.isOver(this)) return this.#history("interrupted");
    }
    return this.#end(control);
  }

  /** Lets whoever reads the events have the word, or takes it back. */
  #handOver(waits: boolean): void {
    this.#isBetweenSteps = true;
    this.network.turns.setWaiting(this, waits);
  }

  get #isInterrupted(): boolean {
    return this.#options.signal?.aborted === true || this.network.turns.isOver(this);
  }

  /** Undefined where the signal cut the work off: a resumed run begins with it. */
  async #uninterrupted<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { signal } = this.#options;
    return work().catch((error: unknown) => {
      if (signal?.aborted && error === signal.reason) return undefined;
      // A model that was disposed of meanwhile has no engine to go on with.
      if (this.network.turns.isOver(this)) return undefined;
      throw error;
    });
  }

  async #end(control: TrainingControl): Promise<History> {
    const averaged = await this.#uninterrupted(() => this.#useAverage());
    if (averaged === undefined) return this.#history("interrupted");
    // They stay: what callbacks write now is not lost.
    this.network.turns.weights = "own";
    this.#isBetweenSteps = false;
    for (const callback of this.callbacks) await callback.onTrainEnd?.(control);
    const { stopped } = this.#progress;
    return this.#history(stopped === null ? "completed" : (this.#stop ?? { stopped }));
  }

  /** Puts the averaged weights in place, where there are some, and returns how to undo it. */
  async #useAverage(): Promise<() => void> {
    const { network, average } = this;
    if (average?.values === undefined) return () => {};
    const { turns } = network;
    await turns.undisturbed();
    turns.weights = "changing";
    try {
      const undo = await useAverage(average, network, this.#data, this.#seed, this.#options.signal);
      turns.weights = "averaged";
      return undo;
    } catch (error) {
      turns.weights = "own";
      throw error;
    }
  }

  #history(end: History["end"]): History {
    const { history, reports } = this.#progress;
    return { epochs: history, reports, end };
  }

  /** The order of the images in the current epoch. */
  #order(): Uint32Array {
    const stream = RandomStream.from(this.#seed, "shuffle").child(this.#progress.epoch);
    return epochOrder(this.#options.sampling, this.#draws, this.#data.length, stream);
  }

  /** A generator of its own at every step would cost small networks a tenth of it. */
  #reportsDue(): boolean {
    return this.#progress.reported < dueReports(this.#options, this.#progress.step).length;
  }

  /** What is due after the last step and was not told yet. */
  async *#reports(): AsyncGenerator<ReportEvent, void> {
    const due = dueReports(this.#options, this.#progress.step);
    while (this.#progress.reported < due.length) {
      const report = due[this.#progress.reported];
      const event = await this.#uninterrupted(() =>
        report === "average" ? Promise.resolve(this.#averageEvent()) : this.#evaluationEvent(report),
      );
      if (event === undefined) return;
      this.#progress = {
        ...this.#progress,
        reported: this.#progress.reported + 1,
        ...(report === "average" && { averaged: NO_SUMS }),
        reports: [...this.#progress.reports, event],
      };
      const told = performance.now();
      this.#handOver(true);
      yield event;
      this.#handOver(false);
      this.#away += performance.now() - told;
      if (this.network.turns.isOver(this)) return;
    }
  }

  #averageEvent(): ReportEvent {
    const { step, averaged } = this.#progress;
    const { loss, images } = averaged;
    const steps = this.#options.averageEvery ?? 0;
    const figures = { images, loss: loss / images, accuracy: this.#accuracy(averaged) };
    return { event: "average", epoch: this.#epochOf(step), step, steps, ...figures };
  }

  async #evaluationEvent({ on, every, images }: SampleEvaluation): Promise<ReportEvent> {
    const { step } = this.#progress;
    const data = on === "validation" ? (this.#options.validation ?? this.#data) : this.#data;
    const stream = RandomStream.from(this.#seed, `evaluation/${on}/${every}`).child(step);
    const indices = images === undefined ? undefined : drawSample(data.length, Math.min(images, data.length), stream);
    const figures = await this.#strategy.evaluate(data, indices, this.#evaluateOptions);
    return { event: "evaluation", on, epoch: this.#epochOf(step), step, ...figures };
  }

  get #evaluateOptions(): EvaluateOptions {
    const { prediction, signal } = this.#options;
    return { ...prediction, ...(signal !== undefined && { signal }) };
  }

  /** The epoch, from 1, that a step belongs to, counted from 1. */
  #epochOf(step: number): number {
    return Math.ceil(step / this.stepsPerEpoch);
  }

  /** The batch of the next step. */
  #batch(order: Uint32Array): Batch {
    const { batchSize } = this.network;
    const { epoch, stepInEpoch, step } = this.#progress;
    const begin = stepInEpoch * batchSize;
    const indices = order.subarray(begin, begin + batchSize);
    const { shape } = this.#data;
    const augment = this.#options.augment;
    return {
      data: this.#data,
      indices,
      step: step + 1,
      learningRate: this.#learningRate(step),
      writeTransforms: augment && transformsOf(augment, { seed: this.#seed, epoch, step, indices, shape }),
    };
  }

  /** Notes a step that was made, and tells of it. */
  #stepEvent({ indices, learningRate }: Batch, { loss, correct }: BatchSums, seconds: number): StepEvent {
    if (this.average !== undefined) {
      const { offset, count } = this.network.parameters.moving;
      this.average.update(this.#progress.step + 1, this.network.view(offset, count));
    }
    const images = indices.length;
    const before = this.#progress;
    const { averaged, epoch } = before;
    const now: Progress = {
      ...before,
      stepInEpoch: before.stepInEpoch + 1,
      step: before.step + 1,
      loss: before.loss + loss,
      correct: before.correct + correct,
      images: before.images + images,
      trainSeconds: before.trainSeconds + seconds,
      averaged: {
        loss: averaged.loss + loss,
        correct: averaged.correct + correct,
        images: averaged.images + images,
      },
      reported: 0,
    };
    this.#progress = now;
    return {
      event: "step",
      epoch: epoch + 1,
      step: now.step,
      stepInEpoch: now.stepInEpoch,
      stepsPerEpoch: this.stepsPerEpoch,
      batchSize: images,
      loss: loss / images,
      epochLoss: now.loss / now.images,
      epochAccuracy: this.#accuracy(now),
      lr: learningRate,
      imagesPerSecond: now.images / now.trainSeconds,
    };
  }

  async #endEpoch(start: number, control: TrainingControl): Promise<EpochEvent> {
    const { validation } = this.#options;
    // Callbacks may keep the weights, and should keep those that were validated.
    const undo = validation === undefined ? () => {} : await this.#useAverage();
    try {
      const validated = validation && (await this.#strategy.evaluate(validation, undefined, this.#evaluateOptions));
      const event = this.#epochEvent(start, validated);
      this.#progress = {
        ...this.#progress,
        epoch: this.#progress.epoch + 1,
        stepInEpoch: 0,
        loss: 0,
        correct: 0,
        images: 0,
        trainSeconds: 0,
        history: [...this.#progress.history, event],
      };
      for (const callback of this.callbacks) await callback.onEpochEnd?.(event, control);
      return event;
    } finally {
      // A callback may have begun to evaluate, and not waited for it.
      await this.network.turns.undisturbed();
      undo();
      this.network.turns.weights = "own";
    }
  }

  #epochEvent(start: number, validated: Evaluation | undefined): EpochEvent {
    const { epoch, step, loss, images, trainSeconds } = this.#progress;
    return {
      event: "epoch",
      epoch: epoch + 1,
      epochs: this.#options.epochs,
      trainLoss: loss / images,
      trainAccuracy: this.#accuracy(this.#progress),
      ...(validated !== undefined && { valLoss: validated.loss, valAccuracy: validated.accuracy }),
      lr: this.#learningRate(step - 1),
      imagesPerSecond: images / trainSeconds,
      seconds: (performance.now() - start) / 1000,
    };
  }

  /** Of a step, counted from 0: what the schedule says, times what callbacks made of it. */
  #learningRate(step: number): number {
    const base = this.network.optimizer?.learningRate ?? 0;
    return this.#rate(base, step) * this.#progress.learningRateFactor;
  }

  #accuracy({ correct, images }: Sums): number {
    return this.network.loss?.classes === true ? correct / images : Number.NaN;
  }

  /** What callbacks may do, for whoever drives the run: between two steps. */
  get control(): TrainingControl {
    const { network } = this;
    const { offset, count } = network.parameters.moving;
    const trainer = this;
    return {
      get learningRateFactor() {
        return trainer.#progress.learningRateFactor;
      },
      set learningRateFactor(factor) {
        trainer.#progress = { ...trainer.#progress, learningRateFactor: factor };
      },
      stop(reason, facts) {
        const stopped = facts?.by === undefined ? reason : `${facts.by}: ${reason}`;
        trainer.#stop = { stopped, ...(stopped !== reason && { reason }), ...facts };
        trainer.#progress = { ...trainer.#progress, stopped };
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
