import { type Command, Option } from "commander";
import { type BenchContext, benchKernels, type KernelRow } from "../bench/kernel-bench.ts";
import { benchNetwork, type NetworkRow } from "../bench/network-bench.ts";
import { findPeaks } from "../bench/peak.ts";
import { QUICK, THOROUGH } from "../bench/timing.ts";
import { writeFileAtomic } from "../node/files.ts";
import { barLine } from "./bar.ts";
import { runChecks } from "./bench/checks.ts";
import { type BenchOptions, type BenchPlan, planBench } from "./bench/plan.ts";
import { busyWarning, headline, kernelTable, networkTable } from "./bench/report.ts";
import { kernelJson, machineLines, networkJson } from "./bench/rows.ts";
import { benchChart } from "./charts/bench.ts";
import { createContext, shorterPath } from "./context.ts";
import type { Output } from "./output.ts";

const EXAMPLES = `
Counted as operations are the products of convolutions and dense layers, a multiply-add as two; in training with the
weight gradients, and the data gradients of all layers but the first. The peak is what multiply-adds reach in registers,
without memory, measured in the same run. Kernels that do not multiply count each operation of their formula.

Examples:
  convasm bench                                     three networks and the heaviest kernels, under two minutes
  convasm bench --net keras,torch --batch 1 128 --mode train
  convasm bench --kernels conv2d --engine simd js   every convolution kernel over all its shapes
  convasm bench --all --json > bench.jsonl          everything: takes a quarter of an hour or more`;

/** Adds the command `bench`. */
export function addBenchCommand(program: Command, signal: AbortSignal): void {
  program
    .command("bench")
    .description("measure networks and kernels on each engine, side by side")
    .option("--net <names...>", "networks (default: keras, speed99, conv8)")
    .option("--batch <sizes...>", "batch sizes (default: 128 for networks, 32 for kernels)")
    .option("--engine <names...>", "engines: js, simd, relaxed (default: all that this machine has)")
    .option("--mode <modes...>", "train, infer (default: both)")
    .option(
      "--kernels [words...]",
      "each kernel over a table of shapes; only kernels with one of these words in the name",
    )
    .option("--all", "all networks at batch sizes 1, 32 and 128, and all kernels")
    .option("--svg <file>", "draw a bar chart")
    .option("--json", "one JSON object per line and measurement on standard output")
    .addOption(new Option("--quick", "samples too short to mean anything, for tests").hideHelp())
    .addHelpText("after", EXAMPLES)
    .action((options: BenchOptions) => bench(options, signal));
}

async function bench(options: BenchOptions, signal: AbortSignal): Promise<void> {
  const { output } = createContext(options, signal);
  const plan = planBench(options);
  const settings = { ...(options.quick === true ? QUICK : THOROUGH), processorTime };
  for (const line of machineLines(plan.gears)) output.text(line);
  const onCheck = (name: string) => output.status((columns) => `checking ${name}`.slice(0, columns - 1), true);
  await runChecks(options, onCheck, signal);
  const { list: peaks } = await findPeaks(plan.settings, settings, signal);
  const context: BenchContext = { peaks, settings, signal };
  const progress = new Progress(output, plan.networks.length + plan.kernels.length);
  const networks = await runNetworks(plan, context, output, progress);
  const kernels = await runKernels(plan, context, output, progress);
  output.clearStatus();
  if (networks.length > 0) output.text();
  for (const line of networkTable(networks)) output.text(line);
  if (kernels.length > 0) output.text();
  for (const line of kernelTable(kernels)) output.text(line);
  const news = headline(networks, kernels);
  if (news !== undefined) {
    output.text();
    output.result(output.style.bold(news));
  }
  const warning = busyWarning([...networks, ...kernels].map(({ timing }) => timing));
  if (warning !== undefined) output.remark(warning);
  if (options.svg === undefined) return;
  await writeFileAtomic(options.svg, benchChart(networks, kernels));
  output.text(`Chart: ${shorterPath(options.svg)}`);
}

/** Milliseconds. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function runNetworks(plan: BenchPlan, context: BenchContext, output: Output, progress: Progress) {
  const rows: NetworkRow[] = [];
  for (const { recipe, batch } of plan.networks) {
    progress.next(`${recipe.name}, batch ${batch}`);
    const measured = await benchNetwork(recipe, batch, plan.modes, context);
    for (const row of measured) output.event(networkJson(row));
    rows.push(...measured);
  }
  return rows;
}

async function runKernels(plan: BenchPlan, context: BenchContext, output: Output, progress: Progress) {
  const rows: KernelRow[] = [];
  for (const { kernels, batch } of plan.kernels) {
    progress.next(kernels.shape);
    const measured = await benchKernels(kernels, batch, plan.wantsKernel, context);
    for (const row of measured) output.event(kernelJson(row));
    rows.push(...measured);
  }
  return rows;
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
