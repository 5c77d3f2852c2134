import type { Stop } from "./callback.ts";
import type { EpochEvent, FitEvent, ReportEvent } from "./events.ts";

/** Result of `fit`. */
export interface History {
  /** The events of the epochs, in their order. */
  readonly epochs: readonly EpochEvent[];
  /** Averages and evaluations in the course of the epochs, in order; empty unless asked for. */
  readonly reports: readonly ReportEvent[];
  /** End of the run: all epochs done, the signal, or a callback's reason. */
  readonly end: "completed" | "interrupted" | Stop;
}

/** The history of a run, which is taken to its end. */
export async function historyOf(events: AsyncGenerator<FitEvent, History>): Promise<History> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) return next.value;
  }
}
