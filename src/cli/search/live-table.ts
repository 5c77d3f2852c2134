import { shown } from "../../errors.ts";
import type { RunProgress } from "../../search/executor.ts";
import type { SearchStart } from "../../search/search.ts";
import type { RunSpec, Settings, TrialResult, TrialSpec } from "../../search/trial.ts";
import { bar } from "../bar.ts";
import { clock, counted } from "../format.ts";
import type { Output } from "../output.ts";

/** Running trainings that are shown at most. */
const MOST_ROWS = 12;

/** Columns of a bar. */
const BAR = 12;

/** Settings in one line: "lr=0.0312 batchSize=64". */
export function settingsLine(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${typeof value === "number" ? Number(value.toPrecision(4)) : shown(value)}`)
    .join(" ");
}

/** A metric's value as people read it. */
export function valueText(value: number | undefined): string {
  if (value === undefined) return "-";
  return Number.isInteger(value) ? String(value) : value.toPrecision(5);
}

/** A trial's number, and a running training's place in it. */
function title({ trial, seed, fold }: RunSpec, { job }: Pick<SearchStart, "job">): string {
  const parts = [`${trial}`, ...(job.seeds > 1 ? [`seed ${seed}`] : []), ...(fold ? [`fold ${fold.index + 1}`] : [])];
  return parts.join(" ");
}

/** The lines that show on a terminal how a search is getting on. */
export class LiveTable {
  readonly #output: Output;
  readonly #start: SearchStart;
  readonly #total: number | undefined;
  readonly #began = performance.now();
  readonly #running = new Map<number, { readonly run: RunSpec; progress: RunProgress | undefined }>();
  #trained = 0;
  #done = 0;
  #failed = 0;
  #best: { readonly trial: TrialSpec; readonly value: number } | undefined;

  /** @param total runs of the whole search; undefined where nobody knows */
  constructor(output: Output, start: SearchStart, total: number | undefined) {
    this.#output = output;
    this.#start = start;
    this.#total = total;
    this.#done = start.ended;
  }

  begin(run: RunSpec): void {
    this.#running.set(run.index, { run, progress: undefined });
    this.draw();
  }

  progress(run: RunSpec, progress: RunProgress): void {
    const row = this.#running.get(run.index);
    if (row !== undefined) row.progress = progress;
    this.draw();
  }

  end(run: RunSpec): void {
    this.#running.delete(run.index);
    this.#trained += 1;
    this.draw();
  }

  /** Counts a trial; true if it is the best so far. */
  result(trial: TrialSpec, { value }: TrialResult): boolean {
    this.#done += 1;
    if (value === undefined) {
      this.#failed += 1;
      return false;
    }
    const { maximize } = this.#start.job;
    const isBest = this.#best === undefined || (maximize ? value > this.#best.value : value < this.#best.value);
    if (isBest) this.#best = { trial, value };
    return isBest;
  }

  /** Seconds until the end, as far as the trainings so far tell. */
  get #secondsLeft(): number | undefined {
    if (this.#total === undefined || this.#trained === 0) return undefined;
    const ended = this.#start.ended * this.#start.job.folds * this.#start.job.seeds + this.#trained;
    const parts = [...this.#running.values()].reduce((sum, { progress }) => sum + shareOf(progress), 0);
    const seconds = (performance.now() - this.#began) / 1000;
    return Math.max(0, ((this.#total - ended - parts) * seconds) / (this.#trained + parts));
  }

  draw(now = false): void {
    this.#output.status((columns) => this.#lines(columns - 1).join("\n"), now);
  }

  #lines(columns: number): readonly string[] {
    const { look } = this.#output;
    const { metric } = this.#start.job;
    const left = this.#secondsLeft;
    const head = [
      `${counted(this.#done, "trial")} done`,
      ...(this.#failed > 0 ? [`${this.#failed} failed`] : []),
      `${this.#running.size} running`,
      ...(left === undefined ? [] : [`about ${clock(left)} left`]),
    ].join(", ");
    const best =
      this.#best === undefined
        ? []
        : [
            `best      trial ${this.#best.trial.index}  ${metric} ${valueText(this.#best.value)}  ${settingsLine(this.#best.trial.settings)}`,
          ];
    const rows = [...this.#running.values()].slice(0, MOST_ROWS).map(({ run, progress }) => {
      const { epoch = 0, epochs = 0, part = 0, value } = progress ?? {};
      const at = epochs === 0 ? "" : `${Math.min(epochs, epoch + (part > 0 ? 1 : 0))}/${epochs}`;
      const text = `${at.padStart(7)}  ${valueText(value).padEnd(8)} ${settingsLine(run.settings)}`;
      const name = title(run, this.#start).padEnd(9).slice(0, 20);
      const room = columns - name.length - BAR - 2;
      return room < 8 ? name.slice(0, columns) : `${name} ${bar(shareOf(progress), BAR, look)} ${text.slice(0, room)}`;
    });
    return [head.slice(0, columns), ...best.map((line) => line.slice(0, columns)), ...rows];
  }
}

function shareOf(progress: RunProgress | undefined): number {
  return progress === undefined ? 0 : (progress.epoch + progress.part) / progress.epochs;
}
