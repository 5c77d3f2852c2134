import { availableParallelism } from "node:os";
import { type KernelCase, kernelCases, shortKernelCases } from "../../bench/kernel-table.ts";
import { type BenchMode, MODES } from "../../bench/network-bench.ts";
import type { Setting } from "../../bench/setting.ts";
import { BRIEF, QUICK, THOROUGH, type TimingSettings } from "../../bench/timing.ts";
import { ENGINES, type EngineName, hasEngine } from "../../engine/engine-names.ts";
import type { KernelName } from "../../engine/kernels.ts";
import { MOST_THREADS } from "../../engine/threads/source.ts";
import { SMALL_NETWORKS } from "../../recipes/index.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { COMMAND_OPTIONS } from "../command-options.ts";
import type { OutputOptions } from "../context.ts";
import { resolveEngine } from "../engine.ts";
import { namedNetwork } from "../network-option.ts";
import { readWords } from "../option-words.ts";
import { unknownName } from "../suggest.ts";
import { namesOf, wordsOf } from "../word-lists.ts";

/** The options as commander leaves them: lists whose items may hold commas. */
export interface BenchOptions extends OutputOptions {
  readonly net?: readonly string[] | undefined;
  readonly batch?: readonly string[] | undefined;
  readonly engine?: readonly string[] | undefined;
  readonly threads?: readonly string[] | undefined;
  readonly mode?: readonly string[] | undefined;
  readonly kernels?: readonly string[] | boolean | undefined;
  readonly all?: boolean | undefined;
  readonly svg?: string | undefined;
  readonly quick?: boolean | undefined;
}

/** The measurements to make. */
export interface BenchPlan {
  readonly engines: readonly EngineName[];
  /** Settings for networks. */
  readonly settings: readonly Setting[];
  /** Settings for kernels: one thread unless asked for. */
  readonly kernelSettings: readonly Setting[];
  readonly timing: TimingSettings;
  readonly modes: readonly BenchMode[];
  readonly networks: readonly { readonly recipe: Recipe; readonly batch: number }[];
  readonly kernels: readonly { readonly kernels: KernelCase; readonly batch: number }[];
  wantsKernel(kernel: KernelName): boolean;
}

const DEFAULT_NETWORKS = ["keras", "speed99", "conv8"];
/** Batch sizes of networks unless said otherwise. */
export const NETWORK_BATCHES: readonly number[] = [1, 32, 128];
/** Batch size of kernels unless said otherwise. */
export const KERNEL_BATCH = 32;

/** Numbers of threads; default one and all cores. `auto` is left to the engine. */
function readThreads(list: readonly string[] | undefined): (number | "auto")[] {
  if (list === undefined) return [...new Set([1, Math.min(availableParallelism(), MOST_THREADS)])];
  return readWords("--threads", COMMAND_OPTIONS.bench.threads.kind.item, list);
}

/** All pairs of an engine and a number of threads; plain JavaScript is measured once, on its one thread. */
function combine(engines: readonly EngineName[], threads: readonly (number | "auto")[]): Setting[] {
  return engines.flatMap((engine): Setting[] =>
    engine === "js" ? [{ engine, threads: 1 }] : threads.map((count) => ({ engine, threads: count })),
  );
}

function chooseEngines(list: readonly string[] | undefined): EngineName[] {
  // On Node 20 this switches relaxed SIMD on.
  resolveEngine("auto");
  // An engine that this machine lacks may be replaced by one that stands in the list as well.
  if (list !== undefined)
    return [...new Set(namesOf("--engine", list, ENGINES).map((engine) => resolveEngine(engine)))];
  return ENGINES.filter(hasEngine);
}

/**
 * The measurements that the options ask for.
 *
 * @throws UsageError for an unknown name, or a number that is not one; RangeError for an engine this machine lacks, or a file that is
 *   no network
 */
export async function planBench(options: BenchOptions): Promise<BenchPlan> {
  const { net, batch, mode, all = false } = options;
  const names = net ?? (all ? SMALL_NETWORKS.map(({ name }) => name) : DEFAULT_NETWORKS);
  const chosen = await Promise.all(wordsOf(names).map((name) => namedNetwork(name, "--net")));
  const modes = mode === undefined ? MODES : namesOf("--mode", mode, MODES);
  const batches = batch === undefined ? undefined : readWords("--batch", COMMAND_OPTIONS.bench.batch.kind.item, batch);
  const engines = chooseEngines(options.engine);

  // With networks or kernels named, only those are measured.
  const saysNetworks = net !== undefined || mode !== undefined;
  const saysKernels = options.kernels !== undefined && options.kernels !== false;
  const withNetworks = all || saysNetworks || !saysKernels;
  const withKernels = all || saysKernels || !saysNetworks;
  const parts = Array.isArray(options.kernels) ? wordsOf(options.kernels) : [];
  const cases = all || saysKernels ? kernelCases() : shortKernelCases();
  const wantsKernel = (kernel: KernelName) => parts.length === 0 || parts.some((part) => kernel.includes(part));
  const found = withKernels ? cases.filter((item) => kernelsOf(item).some(wantsKernel)) : [];
  const kernels = options.quick === true ? smallestOfEach(found) : found;
  if (withKernels && kernels.length === 0) {
    const names = [...new Set(cases.flatMap(kernelsOf))].sort();
    throw unknownName("--kernels", "a part of one of", parts.join(","), names);
  }
  const networkBatches = batches ?? NETWORK_BATCHES;
  const kernelBatches = batches ?? [KERNEL_BATCH];
  return {
    engines,
    settings: combine(engines, readThreads(options.threads)),
    kernelSettings: combine(engines, readThreads(options.threads ?? ["1"])),
    // Without options, an overview in two minutes.
    timing: options.quick === true ? QUICK : all || saysNetworks || saysKernels ? THOROUGH : BRIEF,
    modes,
    networks: withNetworks ? chosen.flatMap((recipe) => networkBatches.map((size) => ({ recipe, batch: size }))) : [],
    kernels: kernels.flatMap((item) =>
      (item.batched ? kernelBatches : kernelBatches.slice(0, 1)).map((size) => ({ kernels: item, batch: size })),
    ),
    wantsKernel,
  };
}

/** The kernels that a case times. */
function kernelsOf({ program, times }: KernelCase): KernelName[] {
  return program(1, 1)
    .operations.map(({ kernel }) => kernel)
    .filter(times);
}

/** The fewest and smallest cases in which every kernel occurs. */
function smallestOfEach(cases: readonly KernelCase[]): KernelCase[] {
  const sizes = new Map(cases.map((item) => [item, item.program(1, 1).elements]));
  const sorted = [...cases].sort((a, b) => (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0));
  const seen = new Set<KernelName>();
  return sorted.filter((item) => {
    const kernels = kernelsOf(item);
    const isNew = kernels.some((kernel) => !seen.has(kernel));
    for (const kernel of kernels) seen.add(kernel);
    return isNew;
  });
}
