import { isRecord } from "../../json.ts";
import type { HistoryRow } from "../../training/history-csv.ts";
import type { RunRecord } from "./record.ts";

/** The figures of a run, as far as its folder tells of them. */
export interface RunFigures {
  /** Title of the data, such as "MNIST". */
  readonly data: string | undefined;
  readonly network: string | undefined;
  readonly recipe: string | undefined;
  readonly seed: number | undefined;
  /** Epochs that are done, and those that the run is to do. */
  readonly epochsDone: number;
  readonly epochs: number | undefined;
  /** Epoch whose weights the model has where validation chose it, else the one with the lowest validation loss. */
  readonly bestEpoch: number | undefined;
  readonly trainLoss: number | undefined;
  readonly trainAccuracy: number | undefined;
  /** Validation after the best epoch. */
  readonly valLoss: number | undefined;
  readonly valAccuracy: number | undefined;
  readonly testLoss: number | undefined;
  readonly testAccuracy: number | undefined;
  /** Seconds of training, validation included. */
  readonly seconds: number | undefined;
}

/** The figures of a run. */
export function figuresOf({ settings, metrics, history }: RunRecord): RunFigures {
  const data = isRecord(settings.data) ? settings.data : {};
  const best = history.find(({ epoch }) => epoch === metrics.bestEpoch) ?? bestRow(history);
  const last = history.at(-1);
  const network = text(settings.network);
  return {
    data: text(data.title) ?? text(data.source),
    network,
    recipe: settings.isRecipe === true ? network : undefined,
    seed: finite(settings.seed),
    epochsDone: last?.epoch ?? 0,
    epochs: finite(settings.epochs),
    bestEpoch: best?.epoch,
    trainLoss: finite((best ?? last)?.trainLoss),
    trainAccuracy: finite((best ?? last)?.trainAccuracy),
    valLoss: finite(best?.valLoss),
    valAccuracy: finite(best?.valAccuracy),
    testLoss: finite(metrics.testLoss),
    testAccuracy: finite(metrics.testAccuracy),
    seconds: last === undefined ? undefined : history.reduce((sum, row) => sum + row.seconds, 0),
  };
}

/** The figures of a run as JSON has them; null for those that are not known. */
export function figuresJson(figures: RunFigures): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(figures).map(([key, value]: [string, unknown]) => [key, value ?? null]));
}

function bestRow(history: readonly HistoryRow[]): HistoryRow | undefined {
  const validated = history.filter(({ valLoss }) => Number.isFinite(valLoss));
  return validated.reduce<HistoryRow | undefined>(
    (best, row) => (best?.valLoss === undefined || (row.valLoss ?? 0) < best.valLoss ? row : best),
    undefined,
  );
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function finite(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
