import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { writeFileAtomic } from "../../node/files.ts";
import { spreadOf, spreadText } from "../../numeric/spread.ts";
import { UsageError } from "../command-error.ts";
import { type Context, shorterPath } from "../context.ts";
import { type Column, fittedTable } from "../fitted-table.ts";
import { counted, duration, loss, percent } from "../format.ts";
import { checkWritable } from "../svg-file.ts";
import {
  allDifferences,
  differingSettings,
  flatSettings,
  pickSettings,
  settingsText,
  valueText,
} from "./differences.ts";
import { figuresJson, figuresOf, type RunFigures } from "./figures.ts";
import { epochsText } from "./list.ts";
import { meansOf } from "./means.ts";
import { isLatest, resolveRun, runsBeginning } from "./name.ts";
import { type RunRecord, readRun } from "./record.ts";

/** Options of `convasm runs compare`. */
export interface CompareOptions {
  readonly svg?: string | undefined;
}

/** Prints runs side by side: settings in which they differ, and figures; draws their curves over one another. */
export async function compareRuns(
  words: readonly string[],
  options: CompareOptions,
  { output }: Context,
): Promise<void> {
  const { svg } = options;
  if (svg !== undefined) await checkWritable(svg);
  const runs = await chosenRuns(words);
  for (const { folder, problems } of runs) for (const problem of problems) output.remark(`${folder.path}: ${problem}`);
  const paths = allDifferences(runs);
  for (const run of runs) output.event(comparedJson(run, paths));
  if (isOneExperiment(runs, paths))
    output.event({ event: "means", runs: runs.length, ...meansOf(runs.map(figuresOf)) });
  const mark = output.look.unicode ? "…" : "..";
  for (const line of comparison(runs, paths, output.columns, mark)) output.result(line);
  if (svg === undefined) return;
  const { comparedCurves } = await import("../charts/compared-curves.ts");
  const main = differingSettings(runs);
  const drawn = runs.map(({ name, history, ...run }) => ({ name, history, note: settingsText(run, main) }));
  await writeFileAtomic(svg, comparedCurves(drawn, titleOf(runs)));
  output.text();
  output.text(`Curves    ${shorterPath(svg)}`);
}

/** The runs that words name, each once: a word that is the begin of several names means all of them. */
async function chosenRuns(words: readonly string[]): Promise<RunRecord[]> {
  const chosen = new Map<string, RunRecord>();
  for (const word of words) {
    for (const run of await runsOf(word)) chosen.set(run.folder.path, run);
  }
  if (chosen.size > 1) return [...chosen.values()];
  throw new UsageError("runs compare", "two or more runs", counted(chosen.size, "run"), "missing");
}

async function runsOf(word: string): Promise<readonly RunRecord[]> {
  const info = await stat(word).catch(() => undefined);
  if (info === undefined && !isLatest(word)) {
    const found = await runsBeginning(word);
    if (found.length > 0) return found.reverse();
  }
  const path = info?.isFile() ? dirname(word) : await resolveRun("runs compare", word);
  const run = await readRun(path);
  if (run !== undefined) return [run];
  const got = info === undefined ? "no such folder, and no name that begins so" : "none of its files";
  throw new UsageError(`runs compare ${JSON.stringify(word)}`, "a run", got, "unknown-name");
}

/** True for runs that differ in nothing but their seeds. */
function isOneExperiment(runs: readonly RunRecord[], paths: readonly string[]): boolean {
  const facts = new Set(runs.map(figuresOf).map(({ data, network }) => JSON.stringify([data, network])));
  return facts.size === 1 && paths.every((path) => path === "seed");
}

/** The title of the runs' curves. */
function titleOf(runs: readonly RunRecord[]): string {
  const all = runs.map(figuresOf);
  const [networks, data] = [all.map(({ network }) => network), all.map((each) => each.data)].map((values) => [
    ...new Set(values),
  ]);
  const of = [networks, data].flatMap((values) => (values.length === 1 && values[0] !== undefined ? [values[0]] : []));
  return of.length === 0 ? counted(runs.length, "run") : `${counted(runs.length, "run")}: ${of.join(" on ")}`;
}

/** A figure of a comparison: its text for a run, and for the mean of them all. */
interface Row {
  readonly name: string;
  readonly text: (figures: RunFigures, run: RunRecord) => string;
  readonly mean?: (all: readonly RunFigures[]) => string;
}

function measured(
  name: string,
  of: (figures: RunFigures) => number | undefined,
  write: (value: number) => string,
): Row {
  const text = (figures: RunFigures) => {
    const value = of(figures);
    return value === undefined ? "" : write(value);
  };
  return { name, text, mean: (all) => spreadText(spreadOf(all.map(of)), write) };
}

const FIGURES: readonly Row[] = [
  { name: "epochs", text: epochsText },
  { name: "best epoch", text: ({ bestEpoch }) => String(bestEpoch ?? "") },
  measured("training loss", ({ trainLoss }) => trainLoss, loss),
  measured("training accuracy", ({ trainAccuracy }) => trainAccuracy, percent),
  measured("validation loss", ({ valLoss }) => valLoss, loss),
  measured("validation accuracy", ({ valAccuracy }) => valAccuracy, percent),
  measured("test loss", ({ testLoss }) => testLoss, loss),
  measured("test accuracy", ({ testAccuracy }) => testAccuracy, percent),
  measured("time", ({ seconds }) => seconds, duration),
  { name: "state", text: (_, { state }) => (state === "finished" ? "" : state) },
];

/** The lines of a comparison: a column for each run, in as many blocks as the width needs. */
function comparison(runs: readonly RunRecord[], paths: readonly string[], width: number, mark: string): string[] {
  const figures = runs.map(figuresOf);
  const settings: Row[] = [
    { name: "data", text: ({ data = "" }) => data },
    { name: "network", text: ({ network = "" }) => network },
    ...paths.map((path): Row => ({ name: path, text: (_, run) => valueText(flatSettings(run).get(path)) })),
  ];
  const textsOf = ({ text }: Row) => runs.map((run, i) => text(figures[i], run));
  const differing = settings.filter((row) => new Set(textsOf(row)).size > 1);
  const rows = [...differing, ...FIGURES.filter((row) => textsOf(row).some((text) => text !== ""))];
  const heads = shortHeads(
    runs.map(({ name }) => name),
    mark,
  );
  const columns = runs.map((run, i) => ({
    head: heads[i],
    cells: rows.map(({ text }) => text(figures[i], run)),
    right: true,
    least: Math.max(heads[i].length, LEAST),
  }));
  const means = { head: "mean ± deviation", cells: rows.map(({ mean }) => mean?.(figures) ?? ""), right: true };
  const names = { head: "", cells: rows.map(({ name }) => name) };
  const blocks = blocksOf(names, isOneExperiment(runs, paths) ? [...columns, means] : columns, width);
  return [
    ...(differing.length === 0 ? ["All settings are alike.", ""] : []),
    ...blocks.flatMap((block, i) => [...(i > 0 ? [""] : []), ...fittedTable([names, ...block], width, mark)]),
  ];
}

/** Least columns for a run's values. */
const LEAST = 12;

/** Names of runs without the start that all have in common, cut at a hyphen. */
function shortHeads(names: readonly string[], mark: string): readonly string[] {
  const [first = ""] = names;
  let end = 0;
  while (end < first.length && names.every((name) => name[end] === first[end])) end++;
  const common = first.lastIndexOf("-", end - 1) + 1;
  return common > mark.length ? names.map((name) => mark + name.slice(common)) : names;
}

/** Columns in blocks that fit a width beside the names of the rows, at least one in each. */
function blocksOf(names: Column, columns: readonly Column[], width: number): Column[][] {
  const widthOf = ({ head, cells }: Column) => Math.max(head.length, ...cells.map((cell) => cell.length)) + 2;
  const blocks: Column[][] = [];
  let left = 0;
  for (const column of columns) {
    const wanted = widthOf(column);
    if (blocks.length === 0 || wanted > left) {
      blocks.push([]);
      left = width - widthOf(names) + 2;
    }
    blocks[blocks.length - 1].push(column);
    left -= wanted;
  }
  return blocks;
}

function comparedJson(run: RunRecord, paths: readonly string[]): Readonly<Record<string, unknown>> {
  const { name, folder, state, history } = run;
  const differs = pickSettings(run, paths);
  return { event: "run", name, path: folder.path, state, ...figuresJson(figuresOf(run)), differs, history };
}
