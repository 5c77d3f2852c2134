import { isInputError, listed, retold } from "../errors.ts";
import { announceLines } from "./announce.ts";
import { Interrupted } from "./command-error.ts";
import { type Context, commandLine, pathWord } from "./context.ts";
import { type Experiment, newRun } from "./experiment.ts";
import { counted, duration } from "./format.ts";
import type { TrainingRun } from "./run-facts.ts";
import { newRunPath } from "./run-folder.ts";
import { figuresOf, type RunFigures } from "./runs/figures.ts";
import { figuresText, meansOf, meansText } from "./runs/means.ts";
import { rememberRun } from "./runs/places.ts";
import { readRun } from "./runs/record.ts";
import { runTraining } from "./training-run.ts";

/** Output folder of the runs, and the words with which the user called the program. */
export interface SeedsOptions {
  readonly out?: string | undefined;
  readonly overwrite?: boolean | undefined;
  /** The words of the command line. */
  readonly words: readonly string[];
}

/**
 * Trains with one seed after another, each in a run folder of its own, and tells means and deviations of their figures.
 *
 * @throws Interrupted if the signal aborts, which says how to go on; else as `runTraining`, naming the seed
 */
export async function trainSeeds(
  experiment: Experiment,
  seeds: readonly number[],
  { out, overwrite = false, words }: SeedsOptions,
  context: Context,
): Promise<void> {
  const { output } = context;
  const base = out ?? newRunPath(experiment.network.name);
  const within = { ...context, output: output.withoutLines };
  const done: Done[] = [];
  for (const [i, seed] of seeds.entries()) {
    const began = performance.now();
    const path = `${base}-seed${seed}`;
    try {
      const run = await newRun(experiment, { seed, out: path, overwrite, began }, within);
      await rememberRun(path);
      try {
        if (i === 0) announceSeeds(run, seeds, base, context);
        await runTraining({ ...run, label: `seed ${seed}, ` }, within);
      } finally {
        run.model.dispose();
      }
    } catch (error) {
      report(done, base, context);
      throw withSeed(error, seed, remainingSeedsAdvice(words, seeds.slice(i + 1), base, context));
    }
    const record = await readRun(path);
    if (record === undefined) continue;
    const figures = figuresOf(record);
    done.push({ seed, path, figures });
    output.text(lineOf(seed, figures, path, seeds));
  }
  report(done, base, context);
}

/** A run that has ended. */
interface Done {
  readonly seed: number;
  readonly path: string;
  readonly figures: RunFigures;
}

function announceSeeds(run: TrainingRun, seeds: readonly number[], base: string, context: Context): void {
  announceLines(run, context);
  context.output.text(`Seeds     ${listed(seeds.map(String))}: a run each, in ${base}-seed${seeds[0]} and so on`);
  context.output.text();
}

function lineOf(seed: number, figures: RunFigures, path: string, seeds: readonly number[]): string {
  const width = Math.max(...seeds.map((each) => String(each).length));
  const parts = [`seed ${String(seed).padStart(width)}`, figuresText(figures), duration(figures.seconds ?? 0), path];
  return parts.filter((part) => part !== "").join("  ");
}

/** Tells of the runs that have ended. */
function report(done: readonly Done[], base: string, context: Context): void {
  const { output } = context;
  output.clearStatus();
  const means = meansOf(done.map(({ figures }) => figures));
  const seeds = done.map(({ seed }) => seed);
  output.event({ event: "seeds", seeds, runs: done.map(({ path }) => path), ...means });
  if (done.length === 0) return;
  output.text();
  output.result(output.style.bold(`Mean of ${counted(done.length, "seed")}: ${meansText(means)}`));
  output.text();
  output.text(`Next      ${commandLine(context, "runs", "compare", pathWord(`${base}-seed`), "--svg", "curves.svg")}`);
}

/** The commands that train the seeds which an interruption left over, and compare all, as words of a message. */
function remainingSeedsAdvice(
  words: readonly string[],
  rest: readonly number[],
  base: string,
  context: Context,
): string {
  const compare = `${commandLine(context, "runs", "compare", pathWord(`${base}-seed`))} tells of all`;
  if (rest.length === 0) return `; then ${compare}`;
  const list = rest.length === 1 ? `${rest[0]},` : rest.join(",");
  const command = commandLine(context, ...withoutSeedOptions(words), "--seeds", list, "--out", pathWord(base));
  return `; then ${counted(rest.length, "other seed")} with: ${command}; ${compare}`;
}

/** The words of a command line without the options that choose seeds and output folder. */
function withoutSeedOptions(words: readonly string[]): string[] {
  const withValue = ["--seeds", "--seed", "--out", "-o"];
  return words.filter((word, i) => {
    if (word === "--overwrite" || withValue.includes(word) || withValue.includes(words[i - 1])) return false;
    return !withValue.some((option) => word.startsWith(`${option}=`));
  });
}

/** An error with the seed that it came with; an interruption also says how to go on with the others. */
function withSeed(error: unknown, seed: number, others: string): unknown {
  if (error instanceof Interrupted) return new Interrupted(`seed ${seed}: ${error.message}${others}`);
  return isInputError(error) ? retold(error, { who: `seed ${seed}: ${error.who}` }) : error;
}
