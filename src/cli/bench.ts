import { type Command, Option } from "commander";
import { type BenchContext, benchKernels, type KernelRow } from "../bench/kernel-bench.ts";
import { benchNetwork, type NetworkRow } from "../bench/network-bench.ts";
import { findPeaks } from "../bench/peak.ts";
import { writeFileAtomic } from "../node/files.ts";
import { findNetwork } from "../recipes/index.ts";
import { barLine } from "./bar.ts";
import { runChecks } from "./bench/checks.ts";
import { type BenchOptions, type BenchPlan, KERNEL_BATCH, NETWORK_BATCHES, planBench } from "./bench/plan.ts";
import { busyWarning, headline, kernelTable, networkTable } from "./bench/report.ts";
import { kernelJson, machineLines, machineName, networkJson } from "./bench/rows.ts";
import { benchChart } from "./charts/bench.ts";
import { UsageError } from "./command-error.ts";
import { createContext, shorterPath } from "./context.ts";
import { addHelp, type HelpText } from "./help.ts";
import type { Output } from "./output.ts";
import { addOwnOptions } from "./schema-option.ts";
import { checkWritable } from "./svg-file.ts";

const HELP: HelpText = {
  notes: [
    "Counted as operations are the products of convolutions and dense layers, a multiply-add as two; in training with the weight " +
      "gradients, and the data gradients of all layers but the first. The peak is what multiply-adds reach in registers, without " +
      "memory, on as many threads, measured in the same run. Winograd kernels need fewer products than are counted, so they may pass " +
      "it. Kernels that do not multiply count each operation of their formula, and stand beside `scale` (y = x / 2) on as many bytes: " +
      "with `--batch 512` most are too large for caches, and it shows what memory allows.",
    "Ctrl-C ends the measurement and prints what there is.",
  ],
  examples: [
    ["convasm bench", "three networks and the heaviest kernels, under two minutes"],
    ["convasm bench --net keras,torch --batch 1 128 --mode train"],
    ["convasm bench --net torch --threads 1,2,auto", "what threads gain"],
    ["convasm bench --net network.json --batch 32", "layers from a file"],
    ["convasm bench --kernels conv2d --engine simd js", "every convolution kernel over all its shapes"],
    ["convasm bench --all --json > bench.jsonl", "everything: takes half an hour or more"],
  ],
};

/** Adds the command `bench`. */
export function addBenchCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("bench")
    .description("measure networks and kernels on each engine, side by side")
    .option("--net <networks...>", "built-in networks, or .json files of some (default: keras, speed99, conv8)");
  addOwnOptions(command, "bench", {
    batch: { more: ` (default: ${NETWORK_BATCHES.join(", ")} for networks, ${KERNEL_BATCH} for kernels)` },
    threads: { more: " (default: 1 and one for each core; for kernels 1)" },
  })
    .option("--engine <names...>", "engines: js, simd, relaxed, wide (default: all that this machine has but wide)")
    .option("--mode <modes...>", "train, infer (default: both)")
    .option(
      "--kernels [words...]",
      "each kernel over a table of shapes; only kernels with one of these words in the name",
    )
    .option("--all", "all small networks and all kernels, measured longer")
    .option("--svg <file>", "draw a bar chart")
    .option("--json", "one JSON object per line and measurement on standard output")
    .addOption(new Option("--quick", "samples too short to mean anything, for tests").hideHelp())
    .allowExcessArguments()
    .action((options: BenchOptions, self: Command) => {
      const [word] = self.args;
      if (word !== undefined) throw surplus(word);
      return bench(options, signal);
    });
  addHelp(command, HELP);
}

/** The error for a word without an option. */
function surplus(word: string): UsageError {
  const advice = findNetwork(word) === undefined ? undefined : `--net ${word}`;
  return new UsageError("bench", "options only", JSON.stringify(word), "unknown-name", { advice });
}

/** Rows that were measured so far. */
interface Measured {
  readonly networks: NetworkRow[];
  readonly kernels: KernelRow[];
}

async function bench(options: BenchOptions, signal: AbortSignal): Promise<void> {
  const { output } = createContext(options, signal);
  const plan = await planBench(options);
  if (options.svg !== undefined) await checkWritable(options.svg);
  for (const line of machineLines(plan)) output.text(line);
  const measured: Measured = { networks: [], kernels: [] };
  try {
    await measure(plan, options, measured, output, signal);
  } catch (error) {
    // Rows that were measured before a Ctrl-C are shown.
    if (!signal.aborted) throw error;
  }
  output.clearStatus();
  const isEmpty = measured.networks.length + measured.kernels.length === 0;
  if (!isEmpty) await report(measured, options, output);
  signal.throwIfAborted();
}

async function measure(
  plan: BenchPlan,
  options: BenchOptions,
  measured: Measured,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const onCheck = (name: string) => output.status((columns) => `checking ${name}`.slice(0, columns - 1), true);
  await runChecks(options, onCheck, signal);
  const settings = { ...plan.timing, processorTime };
  const progress = new Progress(output, plan.networks.length + plan.kernels.length);
  const withPeaks = async (engines: BenchPlan["settings"], run: (context: BenchContext) => Promise<void>) => {
    const { list, dispose } = await findPeaks(engines, settings, signal);
    try {
      await run({ peaks: list, settings, signal });
    } finally {
      dispose();
    }
  };
  if (plan.networks.length > 0) {
    await withPeaks(plan.settings, (context) => runNetworks(plan, context, measured.networks, output, progress));
  }
  if (plan.kernels.length > 0) {
    await withPeaks(plan.kernelSettings, (context) => runKernels(plan, context, measured.kernels, output, progress));
  }
}

async function report({ networks, kernels }: Measured, { svg }: BenchOptions, output: Output): Promise<void> {
  if (networks.length > 0) output.text();
  for (const line of networkTable(networks)) output.text(line);
  if (kernels.length > 0) output.text();
  for (const line of kernelTable(kernels)) output.text(line);
  const news = headline(networks, kernels);
  if (news !== undefined) {
    output.text();
    output.result(output.style.bold(news));
  }
  const warning = busyWarning([...networks, ...kernels]);
  if (warning !== undefined) output.remark(warning);
  if (svg === undefined) return;
  await writeFileAtomic(
    svg,
    benchChart(networks, kernels, { title: headline(networks, kernels, 1), machine: machineName() }),
  );
  output.text(`Chart: ${shorterPath(svg)}`);
}

/** Processor time that this process has used so far, in milliseconds. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function runNetworks(
  plan: BenchPlan,
  context: BenchContext,
  rows: NetworkRow[],
  output: Output,
  progress: Progress,
): Promise<void> {
  for (const { recipe, batch } of plan.networks) {
    progress.next(`${recipe.name}, batch ${batch}`);
    await benchNetwork(recipe, batch, plan.modes, context, (measured) => {
      for (const row of measured) output.event(networkJson(row));
      rows.push(...measured);
    });
  }
}

async function runKernels(
  plan: BenchPlan,
  context: BenchContext,
  rows: KernelRow[],
  output: Output,
  progress: Progress,
): Promise<void> {
  for (const { kernels, batch } of plan.kernels) {
    progress.next(kernels.shape);
    await benchKernels(kernels, batch, plan.wantsKernel, context, (measured) => {
      for (const row of measured) output.event(kernelJson(row));
      rows.push(...measured);
    });
  }
}

/** The status line: what is measured now. */
class Progress {
  readonly #output: Output;
  readonly #all: number;
  #begun = 0;

  constructor(output: Output, all: number) {
    this.#output = output;
    this.#all = all;
  }

  next(what: string): void {
    const done = this.#begun / this.#all;
    this.#begun++;
    const head = `${this.#begun}/${this.#all}`;
    this.#output.status((columns) => barLine(done, head, [what], columns, this.#output.look), true);
  }
}
