import { type KernelCase, kernelCases, shortKernelCases } from "../../bench/kernel-table.ts";
import { type BenchMode, MODES } from "../../bench/network-bench.ts";
import type { Setting } from "../../bench/setting.ts";
import { GEARS, type Gear, hasGear } from "../../engine/gears.ts";
import type { KernelName } from "../../engine/kernels.ts";
import { NETWORKS } from "../../recipes/index.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import type { OutputOptions } from "../context.ts";
import { resolveEngine } from "../engine.ts";
import { UsageError } from "../errors.ts";
import { unknownName } from "../suggest.ts";

/** The options as commander leaves them: lists whose items may hold commas. */
export interface BenchOptions extends OutputOptions {
  readonly net?: readonly string[] | undefined;
  readonly batch?: readonly string[] | undefined;
  readonly engine?: readonly string[] | undefined;
  readonly mode?: readonly string[] | undefined;
  readonly kernels?: readonly string[] | boolean | undefined;
  readonly all?: boolean | undefined;
  readonly svg?: string | undefined;
  readonly quick?: boolean | undefined;
}

/** What to measure. */
export interface BenchPlan {
  readonly gears: readonly Gear[];
  readonly settings: readonly Setting[];
  readonly modes: readonly BenchMode[];
  readonly networks: readonly { readonly recipe: Recipe; readonly batch: number }[];
  readonly kernels: readonly { readonly kernels: KernelCase; readonly batch: number }[];
  wantsKernel(kernel: KernelName): boolean;
}

const DEFAULT_NETWORKS = ["keras", "speed99", "conv8"];
const NETWORK_BATCH = 128;
const KERNEL_BATCH = 32;
const ALL_BATCHES = [1, 32, 128];
const LARGEST_BATCH = 65_536;

/** The words of a list, split at commas, each once. */
function words(list: readonly string[]): string[] {
  return [...new Set(list.flatMap((item) => item.split(",")).map((word) => word.trim()))];
}

function choose<T>(option: string, list: readonly string[], known: ReadonlyMap<string, T>): T[] {
  return words(list).map((word) => {
    const found = known.get(word);
    if (found === undefined) throw new UsageError(`${option}: ${unknownName("one of", word, [...known.keys()])}`);
    return found;
  });
}

function byName<T extends string>(names: readonly T[]): Map<string, T> {
  return new Map(names.map((name) => [name, name]));
}

function readBatches(list: readonly string[]): number[] {
  return words(list).map((word) => {
    const size = /^\d+$/.test(word) ? Number(word) : 0;
    if (size >= 1 && size <= LARGEST_BATCH) return size;
    throw new UsageError(`--batch: expected whole numbers from 1 to ${LARGEST_BATCH}, got ${JSON.stringify(word)}`);
  });
}

function chooseGears(list: readonly string[] | undefined): Gear[] {
  // On Node 20 this switches relaxed SIMD on.
  resolveEngine("auto");
  // What this machine lacks may be replaced by one that stands in the list as well.
  if (list !== undefined)
    return [...new Set(choose("--engine", list, byName(GEARS)).map((gear) => resolveEngine(gear)))];
  return GEARS.filter(hasGear);
}

/**
 * What the options ask for.
 *
 * @throws UsageError for a name or number that is none; RangeError for an engine this machine lacks
 */
export function planBench(options: BenchOptions): BenchPlan {
  const { net, batch, mode, all = false } = options;
  const recipes = new Map(NETWORKS.map((recipe) => [recipe.name, recipe]));
  const names = net ?? (all ? [...recipes.keys()] : DEFAULT_NETWORKS);
  const chosen = choose("--net", names, recipes);
  const modes = mode === undefined ? MODES : choose("--mode", mode, byName(MODES));
  const batches = batch === undefined ? undefined : readBatches(batch);
  const gears = chooseGears(options.engine);

  // Who names networks or kernels gets only those.
  const saysNetworks = net !== undefined || mode !== undefined;
  const saysKernels = options.kernels !== undefined && options.kernels !== false;
  const withNetworks = all || saysNetworks || !saysKernels;
  const withKernels = all || saysKernels || !saysNetworks;
  const parts = Array.isArray(options.kernels) ? words(options.kernels) : [];
  const cases = all || saysKernels ? kernelCases() : shortKernelCases();
  const wantsKernel = (kernel: KernelName) => parts.length === 0 || parts.some((part) => kernel.includes(part));
  const kernels = withKernels ? cases.filter(({ program, times }) => hasKernel(program(1), times, wantsKernel)) : [];
  if (withKernels && kernels.length === 0) {
    throw new UsageError(`--kernels: ${unknownName("a part of one of", parts.join(","), kernelNames(cases))}`);
  }
  const networkBatches = batches ?? (all ? ALL_BATCHES : [NETWORK_BATCH]);
  const kernelBatches = batches ?? [KERNEL_BATCH];
  return {
    gears,
    settings: gears.map((gear) => ({ gear, threads: 1 })),
    modes,
    networks: withNetworks ? chosen.flatMap((recipe) => networkBatches.map((size) => ({ recipe, batch: size }))) : [],
    kernels: kernels.flatMap((item) =>
      (item.batched ? kernelBatches : kernelBatches.slice(0, 1)).map((size) => ({ kernels: item, batch: size })),
    ),
    wantsKernel,
  };
}

function hasKernel(
  { operations }: ReturnType<KernelCase["program"]>,
  times: KernelCase["times"],
  wants: (kernel: KernelName) => boolean,
): boolean {
  return operations.some(({ kernel }) => times(kernel) && wants(kernel));
}

function kernelNames(cases: readonly KernelCase[]): string[] {
  const names = cases.flatMap(({ program, times }) =>
    program(1)
      .operations.map(({ kernel }) => kernel)
      .filter(times),
  );
  return [...new Set(names)].sort();
}
