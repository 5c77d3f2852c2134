import { InputRangeError } from "../errors.ts";

/** The state of a network's weights: the run's own, averaged ones in their place, or on the way from one to the other. */
export type WeightState = "own" | "averaged" | "changing";

/**
 * Keeps apart calls that cannot work with a network at the same time: one run trains at a time, and evaluations see the
 * weights of one moment.
 *
 * A run takes steps only while no call reads; reading waits while a run exchanges the weights. A run that waits for its
 * events to be read can be ended from outside, as they may never be read.
 */
export class Turns {
  #run: object | undefined;
  #latest: object | undefined;
  #waits = false;
  #isStopped = false;
  #weights: WeightState = "own";
  #reads = 0;
  #wake: (() => void)[] = [];

  /** True while a run is under way: begun, and neither ended nor stopped. */
  get isTraining(): boolean {
    return this.#run !== undefined;
  }

  /** The run that weights and optimizer's numbers belong to; undefined before the first. */
  get latest(): object | undefined {
    return this.#latest;
  }

  /**
   * Begins a run.
   *
   * @throws RangeError if another one is under way
   */
  begin(run: object): void {
    this.expectNoRun("fit");
    this.#run = run;
    this.#latest = run;
    this.#isStopped = false;
    this.#waits = false;
  }

  /** Ends a run; nothing if it was stopped before. */
  end(run: object): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    this.weights = "own";
  }

  /** Notes that the optimizer's numbers were restored for a run. */
  restored(run: object): void {
    this.#latest = run;
  }

  /** Notes that a run waits for its events to be read, which may never happen. */
  setWaiting(run: object, waits: boolean): void {
    if (this.#run !== run) return;
    this.#waits = waits;
    if (waits && this.#isStopped) this.end(run);
  }

  /** True if a run has ended or was stopped, so that it must take no further step. */
  isOver(run: object): boolean {
    return this.#run !== run || this.#isStopped;
  }

  /** Ends the run under way: at once if it waits for its events to be read, else before its next step. */
  stop(): void {
    this.#isStopped = true;
    if (this.#waits) this.#run = undefined;
  }

  set weights(state: WeightState) {
    this.#weights = state;
    this.#wakeAll();
  }

  /** Does work during which weights must not change, once they are settled. */
  async read<T>(work: () => Promise<T>): Promise<T> {
    while (this.#weights === "changing") await this.#change();
    this.#reads++;
    try {
      return await work();
    } finally {
      this.#reads--;
      this.#wakeAll();
    }
  }

  /** Resolves when no call reads the weights any more; undefined if none does, as awaiting would cost each step a turn of the queue. */
  undisturbed(): Promise<void> | undefined {
    return this.#reads === 0 ? undefined : this.#unread();
  }

  async #unread(): Promise<void> {
    while (this.#reads > 0) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }

  /**
   * Throws if a run is under way.
   *
   * @throws RangeError
   */
  expectNoRun(who: string): void {
    if (this.#run === undefined) return;
    const advice =
      "wait for its end, or end it: leave the loop over its events, abort its signal, or call model.stop()";
    throw new InputRangeError(who, "no run of the model under way", "one", "wrong-time", { advice: advice });
  }

  /**
   * Throws if a call evaluates or predicts.
   *
   * @throws RangeError
   */
  expectNoReader(who: string): void {
    if (this.#reads > 0)
      throw new InputRangeError(who, "no evaluate or predict under way", "one", "wrong-time", {
        advice: "await it first",
      });
  }

  /** Throws if anybody works with the network, in whose place another is to be. */
  expectIdle(who: string): void {
    this.expectNoRun(who);
    this.expectNoReader(who);
  }

  /**
   * Throws if the weights are being exchanged.
   *
   * @throws RangeError
   */
  expectSettled(who: string): void {
    if (this.#weights !== "changing") return;
    throw new InputRangeError(who, "weights that stay", "some that are being averaged", "wrong-time", {
      advice: "do it between two steps",
    });
  }

  /**
   * Throws if a write to the weights would be lost, or be seen by half of an evaluation.
   *
   * @throws RangeError
   */
  expectWritable(who: string): void {
    this.expectNoReader(who);
    if (this.#weights === "own") return;
    throw new InputRangeError(who, "the run's own weights", "averaged ones in their place", "wrong-time", {
      advice: "do it between two steps",
    });
  }
}
