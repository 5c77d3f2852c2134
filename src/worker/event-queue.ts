import type { FitEvent } from "../training/events.ts";

/** Most events that are kept for a reader that is slower than the training: as many steps as a curve has points. */
const MOST = 10_000;

/** Events on their way to one iteration. When there are too many, the oldest steps are dropped. */
export class EventQueue {
  #events: FitEvent[] = [];
  #begin = 0;
  #ended = false;
  #wake = () => {};

  add(events: readonly FitEvent[]): void {
    this.#events.push(...events);
    if (this.#events.length - this.#begin > MOST) this.#shorten();
    this.#wake();
  }

  /** Ends the queue. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The next event, once there is one; undefined at the end. */
  async next(): Promise<FitEvent | undefined> {
    while (this.#begin === this.#events.length && !this.#ended) {
      this.#events = [];
      this.#begin = 0;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#events[this.#begin++];
  }

  #shorten(): void {
    const waiting = this.#events.slice(this.#begin);
    const surplus = waiting.length - MOST / 2;
    let steps = 0;
    this.#events = waiting.filter(({ event }) => event !== "step" || ++steps > surplus);
    this.#begin = 0;
  }
}
