import { encodeError } from "../error-records.ts";
import { InputRangeError } from "../errors.ts";
import { checkNumber } from "../options/numbers.ts";
import type { DistributionStrategy } from "../training/distribution-strategy.ts";
import type { FitEvent } from "../training/events.ts";
import type { History } from "../training/history.ts";
import type { Trainer } from "../training/trainer.ts";
import type { HandleTable } from "./handle-table.ts";
import type { Lock } from "./lock.ts";
import type { Handle, ToPage } from "./protocol.ts";

/** Milliseconds from one message with events to the next: pages draw no more than 60 times a second. */
const EVENTS_EVERY = 1000 / 60;

/** Parts and options of a run. */
export interface HostedRunOptions {
  readonly handles: HandleTable;
  readonly trainer: Trainer;
  /** Makes the steps and evaluations; undefined for the trainer's network alone. */
  readonly strategy: DistributionStrategy | undefined;
  /** Held while the trainer works. */
  readonly lock: Lock;
  /** Ends the trainer. */
  readonly abort: AbortController;
  /** True: it waits for `resume` or `step` at first. */
  readonly paused: boolean;
  readonly post: (message: ToPage) => void;
}

/** A step that was asked for. */
interface WantedStep {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * A training run in the worker: drives a trainer, lets other calls in between two steps, and sends events to the page.
 * Its methods are those of `RemoteRun`.
 */
export class HostedRun {
  readonly kind = "run";
  readonly handle: Handle<"run">;
  readonly trainer: Trainer;
  readonly #options: HostedRunOptions;
  readonly #ended: Promise<History>;
  #isUnderWay = true;
  #paused: boolean;
  /** Steps to make although the run is paused. */
  readonly #wanted: WantedStep[] = [];
  /** True while the trainer works on a step or a validation. */
  #works = false;
  /** Callbacks that wait for the end of that work. */
  #waiting: (() => void)[] = [];
  #wake = () => {};
  #begin = () => {};
  #listening = false;
  #events: FitEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: HostedRunOptions) {
    const { trainer, paused, handles, post } = options;
    this.trainer = trainer;
    this.handle = handles.add(this);
    const run = this.handle.number;
    this.#options = options;
    this.#paused = paused;
    const begun = new Promise<void>((resolve) => {
      this.#begin = resolve;
    });
    this.#ended = begun.then(() => this.#drive());
    // The page hears of the end before the answers to its other calls.
    this.#ended.then(
      (history) => {
        post({ type: "end", run, history });
        for (const { resolve } of this.#wanted) resolve();
        this.#rest();
      },
      (error: unknown) => {
        post({ type: "failed", run, error: encodeError(error) });
        for (const { reject } of this.#wanted) reject(error);
        this.#rest();
      },
    );
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Lets the first step begin, after a listener had time to register. */
  start(): void {
    this.#begin();
  }

  /** Begins or ends to send events to the page. */
  listen(on: boolean): void {
    this.#listening = on;
    if (!on) this.#events = [];
  }

  /** Resolves once no step runs. */
  async pause(): Promise<void> {
    this.#paused = true;
    if (this.#works) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#flush();
  }

  resume(): void {
    this.#paused = false;
    this.#rest();
    this.#wake();
  }

  /** Makes one step of a paused run, with the end of the epoch and of the run if it is the last. */
  async step(): Promise<void> {
    if (!this.#isUnderWay) throw new InputRangeError("step", "a run that goes on", "one that has ended", "wrong-time");
    if (!this.#paused) throw new InputRangeError("step", "a paused run", "one that runs", "wrong-time");
    await new Promise<void>((resolve, reject) => {
      this.#wanted.push({ resolve, reject });
      this.#wake();
    });
  }

  /** Ends the run after the current step, or within a validation. */
  stop(): Promise<History> {
    this.#options.abort.abort();
    this.#begin();
    this.#wake();
    return this.#ended;
  }

  setLearningRateFactor(factor: number): void {
    checkNumber("setLearningRateFactor", "factor", factor, { minimum: 0 });
    this.trainer.control.learningRateFactor = factor;
  }

  async #drive(): Promise<History> {
    const events = this.trainer.run(this.#options.strategy);
    try {
      for (;;) {
        await this.#gate();
        const next = await this.#options.lock.run(() => this.#next(events));
        if (next === undefined) continue;
        if (next.done === true) return next.value;
        this.#tell(next.value);
        if (this.#completesStep(next.value)) this.#answerStep();
      }
    } finally {
      this.#isUnderWay = false;
      this.#flush();
    }
  }

  get #mayWork(): boolean {
    return !this.#paused || this.#wanted.length > 0 || this.#options.abort.signal.aborted;
  }

  /** Waits while the run is paused. */
  async #gate(): Promise<void> {
    while (!this.#mayWork) {
      this.#rest();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The trainer's next event; none if the run was paused while it waited for its turn. */
  async #next(events: AsyncGenerator<FitEvent, History>) {
    if (!this.#mayWork) return undefined;
    this.#works = true;
    try {
      return await events.next();
    } finally {
      this.#works = false;
    }
  }

  #rest(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }

  #completesStep(event: FitEvent): boolean {
    if (this.trainer.progress.stop !== undefined) return false;
    if (event.event === "step") return event.stepInEpoch < event.stepsPerEpoch;
    return event.event === "epoch" && event.epoch < event.epochs;
  }

  #answerStep(): void {
    const wanted = this.#wanted.shift();
    if (wanted === undefined) return;
    this.#flush();
    wanted.resolve();
  }

  #tell(event: FitEvent): void {
    if (!this.#listening) return;
    this.#events.push(event);
    this.#timer ??= setTimeout(() => this.#flush(), EVENTS_EVERY);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#events.length === 0) return;
    this.#options.post({ type: "events", run: this.handle.number, events: this.#events });
    this.#events = [];
  }
}
