import type { KernelRow } from "../../bench/kernel-bench.ts";
import type { NetworkRow } from "../../bench/network-bench.ts";
import type { Timing } from "../../bench/timing.ts";
import { ENGINES, hasEngine } from "../../engine/engine-names.ts";
import { counted } from "../format.ts";
import { machineFacts } from "../machine.ts";
import type { BenchPlan } from "./plan.ts";

/** Enough digits for any use, few enough to read. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

/** The machine in a few words. */
export function machineName(): string {
  const { cpu, cores, node } = machineFacts();
  return `${cpu}, ${counted(cores, "core")}, Node ${node}`;
}

/** The machine in lines for people. */
export function machineLines({ networks, kernels, ...plan }: BenchPlan): string[] {
  const settings = [...(networks.length > 0 ? plan.settings : []), ...(kernels.length > 0 ? plan.kernelSettings : [])];
  const { cpu, cores, node, v8 } = machineFacts();
  const missing = ENGINES.filter((engine) => !hasEngine(engine));
  const without = missing.length === 0 ? "" : ` (not ${missing.join(", ")}: \`convasm doctor\` says why)`;
  const engines = new Set(settings.map(({ engine }) => engine));
  const mixed = engines.has("wide") && (engines.has("relaxed") || engines.has("simd"));
  const threads = [...new Set(settings.map((setting) => setting.threads))].join(" and ");
  const several = threads === "1" ? "1 thread" : `${threads} threads`;
  return [
    `Machine   ${cpu}, ${counted(cores, "core")}, ${process.platform} ${process.arch}`,
    `Node      ${node}, V8 ${v8}`,
    `Engines   ${[...engines].join(", ")}${without}; ${several}`,
    ...(mixed
      ? ["Note      beside wide, V8 pairs vectors of simd and relaxed too: their peak rises, their kernels hardly do"]
      : []),
  ];
}

/** Median and quartiles of the time that one run took, and whether the core was this program's own. */
function milliseconds({ median, lower, upper, samples, processorShare }: Timing) {
  const [m, l, u] = [median, lower, upper].map((seconds) => rounded(seconds * 1000));
  return { milliseconds: m, lowerQuartile: l, upperQuartile: u, samples, processorShare: rounded(processorShare) };
}

/** A row as `--json` prints it. */
export function networkJson(row: NetworkRow): Readonly<Record<string, unknown>> {
  const { net, batch, engine, threads, threadsAsked, mode, imagesPerSecond, gflops, peakGflops, timing } = row;
  return {
    net,
    batch,
    engine,
    threads,
    mode,
    imagesPerSecond: rounded(imagesPerSecond),
    gflops: rounded(gflops),
    peakGflops: rounded(peakGflops),
    ...(threadsAsked === "auto" && { threadsAsked }),
    ...milliseconds(timing),
    ...machineFacts(),
  };
}

/** A kernel's row in JSON. */
export function kernelJson(row: KernelRow): Readonly<Record<string, unknown>> {
  const { kernel, shape, engine, threads, threadsAsked, gflops, peakGflops, timing } = row;
  const { gigabytesPerSecond, scaleGigabytesPerSecond } = row;
  return {
    kernel,
    shape,
    engine,
    gflops: rounded(gflops),
    peakGflops: rounded(peakGflops),
    threads,
    ...(threadsAsked === "auto" && { threadsAsked }),
    gigabytesPerSecond: rounded(gigabytesPerSecond),
    ...(scaleGigabytesPerSecond !== undefined && { scaleGigabytesPerSecond: rounded(scaleGigabytesPerSecond) }),
    ...milliseconds(timing),
    ...machineFacts(),
  };
}
