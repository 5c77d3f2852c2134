import type { AnyDataset } from "../data/dataset.ts";
import { InputRangeError } from "../errors.ts";
import { TimeSlice } from "../event-loop.ts";
import type { Network } from "../model/network.ts";
import { WeightAverage } from "./averaging.ts";
import type { Batch, BatchSums } from "./batch.ts";
import type { Callback, Stop, TrainingControl } from "./callback.ts";
import { checkMetrics } from "./chosen-metrics.ts";
import { type DistributionStrategy, singleNetwork } from "./distribution-strategy.ts";
import { checkRun, evaluateOptions } from "./evaluate.ts";
import type { EpochEvent, FitEvent, ReportEvent, StepEvent } from "./events.ts";
import { type FitOptions, readFitOptions } from "./fit-options.ts";
import type { History } from "./history.ts";
import { afterEpoch, afterReport, afterStep, checkProgress, type Progress, START } from "./progress.ts";
import { checkReports, dueReports, type SampleEvaluation } from "./reports.ts";
import { RunData } from "./run-data.ts";
import { averageEvent, epochEvent, epochOf, type RunFacts, stepEvent } from "./run-events.ts";
import { learningRates } from "./schedules.ts";
import { trainingControl } from "./training-control.ts";

/**
 * A training run: owns the order of the data and the place in the schedule, and can stop and go on at any step. All
 * random numbers follow from the seed, the epoch and the step, so a resumed run is the same run.
 */
export class Trainer {
  readonly network: Network;
  readonly #data: RunData;
  readonly #rate: ReturnType<typeof learningRates>;
  /** The average of the weights, where one is kept. @internal */
  readonly average: WeightAverage | undefined;
  readonly #options: ReturnType<typeof readFitOptions>;
  #strategy: DistributionStrategy;
  #progress: Progress = START;
  /** Milliseconds of the epoch that passed while the reader of the events held the run, as in a pause. */
  #away = 0;
  /** Time at which the latest event was passed to the reader. */
  #told = 0;
  /** True if it is between two steps, with nothing half done. */
  #isBetweenSteps = true;

  /** @throws TypeError, RangeError if the data does not fit the network, or for a wrong option @internal */
  constructor(network: Network, data: AnyDataset, seed: number, options: FitOptions = {}) {
    const read = readFitOptions(options);
    const { epochs, schedule, averaging, validation } = read;
    checkRun(network, data, validation);
    this.network = network;
    this.#strategy = singleNetwork(network);
    this.#data = new RunData(data, seed, network, read);
    this.#options = read;
    const steps = epochs * this.stepsPerEpoch;
    this.#rate = learningRates(schedule, steps, this.stepsPerEpoch);
    checkMetrics("fit", network, read.metrics);
    checkReports(read, steps, validation !== undefined);
    if (averaging !== undefined) this.average = new WeightAverage(averaging, this.stepsPerEpoch, steps);
  }

  get callbacks(): readonly Callback[] {
    return this.#options.callbacks;
  }

  get stepsPerEpoch(): number {
    return this.#data.stepsPerEpoch;
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** The end that a callback asked for in this run, if one did. */
  get stop(): Stop | undefined {
    return this.#progress.stop;
  }

  /**
   * True if all that a checkpoint holds is of one moment: not in the middle of a step, a callback or the end of an
   * epoch.
   */
  get isBetweenSteps(): boolean {
    return this.#isBetweenSteps;
  }

  /**
   * Goes on from where another run of the same options stood; weights and optimizer state must be back in place. @internal
   */
  resume(progress: Progress): void {
    checkProgress(progress, this.#options.epochs, this.stepsPerEpoch);
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
      const got = `one at step ${this.#progress.step} that another came after`;
      const advice = "resume it from a checkpoint";
      throw new InputRangeError("fit", "the network's latest run", got, "wrong-time", { advice });
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
    await this.#data.load();
    if (this.#progress.step === 0) {
      // The state of an earlier run must not remain: moments, best weights, epochs waited.
      this.network.resetOptimizer();
      this.average?.reset();
      for (const callback of this.callbacks) callback.onTrainBegin?.();
    }
    while (this.#progress.epoch < this.#options.epochs && this.#progress.stop === undefined) {
      const order = this.#data.order(this.#progress.epoch);
      const epochStart = performance.now() - 1000 * this.#progress.trainSeconds;
      this.#away = 0;
      while (this.#progress.stepInEpoch < this.stepsPerEpoch) {
        // A checkpoint may have been written between a step and its reports.
        if (this.#reportsDue()) yield* this.#reports();
        const readers = turns.undisturbed();
        if (readers !== undefined) await readers;
        this.#isBetweenSteps = false;
        const start = performance.now();
        const drawn = this.#data.batch(order, this.#progress, this.#learningRate(this.#progress.step));
        // Awaiting what is no promise would cost every step a turn of the event loop's queue.
        const batch = drawn instanceof Promise ? await drawn : drawn;
        if (this.#isInterrupted) return this.#history("interrupted");
        const made = strategy.step(batch);
        const sums = made instanceof Promise ? await made : made;
        const event = this.#stepEvent(batch, sums, (performance.now() - start) / 1000);
        for (const callback of this.callbacks) {
          const done = callback.onStepEnd?.(event, control);
          if (done !== undefined) await done;
        }
        this.#handOver(true);
        yield event;
        this.#handOver(false);
        if (turns.isOver(this)) return this.#history("interrupted");
        if (this.#progress.stop !== undefined) return this.#end(control);
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
    const now = performance.now();
    if (waits) this.#told = now;
    else this.#away += now - this.#told;
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
    return this.#history(this.#progress.stop ?? "completed");
  }

  /** Puts the averaged weights in place, where there are some, and returns how to undo it. */
  async #useAverage(): Promise<() => void> {
    const values = this.average?.values;
    if (this.average === undefined || values === undefined) return () => {};
    const { statisticsImages, useAverage } = await import("./later.ts");
    const images = statisticsImages(this.#data, this.average.plan.statisticsImages);
    return useAverage(values, this.network, images, this.#options.signal);
  }

  #history(end: History["end"]): History {
    const { history, reports } = this.#progress;
    return { epochs: history, reports, end };
  }

  /** A generator of its own at every step would cost small networks a tenth of it. */
  #reportsDue(): boolean {
    return this.#progress.reported < dueReports(this.#options, this.#progress.step).length;
  }

  /** Reports that are due after the last step and were not given yet. */
  async *#reports(): AsyncGenerator<ReportEvent, void> {
    const due = dueReports(this.#options, this.#progress.step);
    while (this.#progress.reported < due.length) {
      const report = due[this.#progress.reported];
      const event = await this.#uninterrupted(() =>
        report === "average"
          ? Promise.resolve(averageEvent(this.#facts, this.#progress, this.#options.averageEvery ?? 0))
          : this.#evaluationEvent(report),
      );
      if (event === undefined) return;
      this.#progress = afterReport(this.#progress, event);
      this.#handOver(true);
      yield event;
      this.#handOver(false);
      if (this.network.turns.isOver(this)) return;
    }
  }

  async #evaluationEvent(evaluation: SampleEvaluation): Promise<ReportEvent> {
    const { step } = this.#progress;
    const { evaluatedImages } = await import("./later.ts");
    const { data, indices } = evaluatedImages(this.#data, this.#options.validation, evaluation, step);
    const figures = await this.#strategy.evaluate(data, indices, evaluateOptions(this.#options));
    return { event: "evaluation", on: evaluation.on, epoch: epochOf(this.#facts, step), step, ...figures };
  }

  /** Notes a step that was made, and tells of it. */
  #stepEvent({ learningRate, waitSeconds }: Batch, sums: BatchSums, seconds: number): StepEvent {
    if (this.average !== undefined) {
      const { offset, count } = this.network.parameters.moving;
      this.average.update(this.#progress.step + 1, this.network.view(offset, count));
    }
    this.#progress = afterStep(this.#progress, sums, seconds, this.#data.later);
    return stepEvent(this.#facts, this.#progress, sums, learningRate, waitSeconds);
  }

  async #endEpoch(start: number, control: TrainingControl): Promise<EpochEvent> {
    const { validation, metrics } = this.#options;
    // Callbacks may keep the weights, and should keep those that were validated.
    const undo = validation === undefined ? () => {} : await this.#useAverage();
    try {
      const options = evaluateOptions(this.#options, metrics);
      const validated = validation && (await this.#strategy.evaluate(validation, undefined, options));
      const learningRate = this.#learningRate(this.#progress.step - 1);
      const seconds = (performance.now() - start) / 1000;
      const event = epochEvent(this.#facts, this.#progress, validated, learningRate, seconds);
      this.#progress = afterEpoch(this.#progress, event);
      for (const callback of this.callbacks) await callback.onEpochEnd?.(event, control);
      return event;
    } finally {
      // A callback may have begun to evaluate, and not waited for it.
      await this.network.turns.undisturbed();
      undo();
      this.network.turns.weights = "own";
    }
  }

  /** Learning rate of a step, counted from 0: that of the schedule, times the factor of callbacks. */
  #learningRate(step: number): number {
    const base = this.network.optimizer?.learningRate ?? 0;
    return this.#rate(base, step) * this.#progress.learningRateFactor;
  }

  get #facts(): RunFacts {
    const { epochs, metrics } = this.#options;
    return {
      epochs,
      stepsPerEpoch: this.stepsPerEpoch,
      classes: this.network.loss?.classes === true,
      metrics,
      later: this.#data.later,
    };
  }

  /** Ways in which callbacks may change the run, for the code that drives it: between two steps. */
  get control(): TrainingControl {
    const trainer = this;
    return trainingControl(this.network, {
      get learningRateFactor() {
        return trainer.#progress.learningRateFactor;
      },
      set learningRateFactor(learningRateFactor) {
        trainer.#progress = { ...trainer.#progress, learningRateFactor };
      },
      endWith(stop) {
        trainer.#progress = { ...trainer.#progress, stop };
      },
    });
  }
}
