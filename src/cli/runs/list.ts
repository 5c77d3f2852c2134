import type { Context } from "../context.ts";
import { fittedTable } from "../fitted-table.ts";
import { duration, percent } from "../format.ts";
import { RUNS } from "../run-folder.ts";
import { differingSettings, pickSettings, settingsText } from "./differences.ts";
import { figuresJson, figuresOf, type RunFigures } from "./figures.ts";
import { runsOfHere } from "./places.ts";
import { listRuns, type RunRecord } from "./record.ts";

/** A run with its figures. */
interface Listed {
  readonly run: RunRecord;
  readonly figures: RunFigures;
}

/** The columns that runs are sorted by; the first is the default. Figures that should be high, and times, begin with the greatest. */
const ORDERS = {
  time: ({ run }: Listed) => -run.time,
  name: ({ run }: Listed) => run.name,
  data: ({ figures }: Listed) => figures.data,
  network: ({ figures }: Listed) => figures.network,
  epochs: ({ figures }: Listed) => -figures.epochsDone,
  validation: ({ figures }: Listed) => negative(figures.valAccuracy) ?? figures.valLoss,
  test: ({ figures }: Listed) => negative(figures.testAccuracy) ?? figures.testLoss,
  seconds: ({ figures }: Listed) => figures.seconds,
} as const;

/** The words of `--sort`. */
export const SORTS: readonly string[] = Object.keys(ORDERS);

/** Options of `convasm runs`. */
export interface ListOptions {
  readonly sort?: keyof typeof ORDERS | undefined;
  readonly reverse?: boolean | undefined;
  readonly data?: string | undefined;
  readonly model?: string | undefined;
  readonly recipe?: string | undefined;
  readonly limit?: number | undefined;
}

/** Lists the runs in a folder; without one those of the current folder, wherever they were put. */
export async function printRuns(folder: string | undefined, options: ListOptions, { output }: Context): Promise<void> {
  const { limit = Number.POSITIVE_INFINITY } = options;
  const all = (await (folder === undefined ? runsOfHere() : listRuns(folder))).map((run) => ({
    run,
    figures: figuresOf(run),
  }));
  for (const { run } of all) for (const problem of run.problems) output.remark(`${run.folder.path}: ${problem}`);
  const found = sorted(
    all.filter((listed) => matches(listed, options)),
    options,
  );
  const shown = found.slice(0, limit);
  const paths = differingSettings(shown.map(({ run }) => run));
  for (const listed of shown) output.event(runJson(listed, paths));
  if (shown.length === 0) {
    const where = folder ?? RUNS;
    output.result(all.length === 0 ? `No runs in ${where}` : `None of the ${all.length} runs in ${where} fits`);
    return;
  }
  const mark = output.look.unicode ? "…" : "..";
  for (const line of fittedTable(columnsOf(shown, paths), output.columns, mark)) output.result(line);
  if (shown.length < found.length) output.text(`and ${found.length - shown.length} more`);
}

function matches({ figures }: Listed, { data, model, recipe }: ListOptions): boolean {
  const fits = (value: string | undefined, part: string | undefined) =>
    part === undefined || (value?.toLowerCase().includes(part.toLowerCase()) ?? false);
  return fits(figures.data, data) && fits(figures.network, model) && fits(figures.recipe, recipe);
}

/** Runs in the order that was asked for; those without the figure last, whatever the direction. */
function sorted(listed: readonly Listed[], { sort = "time", reverse = false }: ListOptions): Listed[] {
  const keyOf: (listed: Listed) => number | string | undefined = ORDERS[sort];
  const sign = reverse ? -1 : 1;
  return [...listed].sort((a, b) => {
    const [x, y] = [keyOf(a), keyOf(b)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return x < y ? -sign : x > y ? sign : 0;
  });
}

function negative(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

function columnsOf(listed: readonly Listed[], paths: readonly string[]) {
  const cells = (of: (figures: RunFigures, run: RunRecord) => string) =>
    listed.map(({ figures, run }) => of(figures, run));
  return [
    { head: "run", cells: cells((_, { name }) => name) },
    { head: "data", cells: cells(({ data = "" }) => data), least: 8, leave: 3 },
    {
      head: "network",
      cells: cells(({ network = "", recipe }) => (recipe === undefined ? network : `${network} (recipe)`)),
      least: 8,
      leave: 4,
    },
    { head: "settings", cells: cells((_, run) => settingsText(run, paths)), least: 16, leave: 2 },
    { head: "epochs", cells: cells(epochsText), right: true, leave: 6 },
    { head: "validation", cells: cells(validationText), right: true, leave: 5 },
    { head: "test", cells: cells(testText), right: true },
    {
      head: "time",
      cells: cells(({ seconds }) => (seconds === undefined ? "" : duration(seconds))),
      right: true,
      leave: 1,
    },
    { head: "state", cells: cells((_, { state }) => state) },
  ];
}

/** "10", of an unfinished run "3/10". */
export function epochsText({ epochsDone, epochs }: RunFigures): string {
  return epochs === undefined || epochs === epochsDone ? String(epochsDone) : `${epochsDone}/${epochs}`;
}

/** "98.91 % @ 7": accuracy after the best epoch, or the loss where there is none. */
function validationText({ valAccuracy, valLoss, bestEpoch }: RunFigures): string {
  if (valLoss === undefined) return "";
  return `${valAccuracy === undefined ? valLoss.toFixed(4) : percent(valAccuracy)} @ ${bestEpoch}`;
}

function testText({ testAccuracy, testLoss }: RunFigures): string {
  if (testAccuracy !== undefined) return percent(testAccuracy);
  return testLoss === undefined ? "" : testLoss.toFixed(4);
}

function runJson({ run, figures }: Listed, paths: readonly string[]): Readonly<Record<string, unknown>> {
  const { name, folder, state, time, problems } = run;
  const { model: _, ...settings } = run.settings;
  return {
    event: "run",
    name,
    path: folder.path,
    state,
    startedAt: new Date(time).toISOString(),
    ...figuresJson(figures),
    differs: pickSettings(run, paths),
    settings,
    problems,
  };
}
