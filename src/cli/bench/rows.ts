import { cpus } from "node:os";
import type { KernelRow } from "../../bench/kernel-bench.ts";
import type { NetworkRow } from "../../bench/network-bench.ts";
import type { Timing } from "../../bench/timing.ts";
import { GEARS, type Gear, hasGear } from "../../engine/gears.ts";
import { counted } from "../format.ts";

/** Enough digits for any use, few enough to read. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

/** What a measurement ran on, so that rows of several runs can lie in one file. */
function machine() {
  const processors = cpus();
  const cpu = processors[0]?.model.trim() || "unknown";
  return { cpu, cores: processors.length, node: process.versions.node, v8: process.versions.v8 };
}

/** The machine in lines for people. */
export function machineLines(gears: readonly Gear[]): string[] {
  const { cpu, cores, node, v8 } = machine();
  const missing = GEARS.filter((gear) => !gears.includes(gear) && !hasGear(gear));
  const without = missing.length === 0 ? "" : ` (this Node has no ${missing.join(", ")})`;
  return [
    `Machine   ${cpu}, ${counted(cores, "core")}, ${process.platform} ${process.arch}`,
    `Node      ${node}, V8 ${v8}`,
    `Engines   ${gears.join(", ")}, one thread each${without}`,
  ];
}

/** Median and quartiles of the time that one run took, and whether the core was this program's own. */
function milliseconds({ median, lower, upper, samples, processorShare }: Timing) {
  const [m, l, u] = [median, lower, upper].map((seconds) => rounded(seconds * 1000));
  return { milliseconds: m, lowerQuartile: l, upperQuartile: u, samples, processorShare: rounded(processorShare) };
}

/** A row as `--json` prints it. */
export function networkJson(row: NetworkRow): Readonly<Record<string, unknown>> {
  const { net, batch, engine, threads, mode, imagesPerSecond, gflops, peakGflops, timing } = row;
  return {
    net,
    batch,
    engine,
    threads,
    mode,
    imagesPerSecond: rounded(imagesPerSecond),
    gflops: rounded(gflops),
    peakGflops: rounded(peakGflops),
    ...milliseconds(timing),
    ...machine(),
  };
}

/** The same for a kernel. */
export function kernelJson(row: KernelRow): Readonly<Record<string, unknown>> {
  const { kernel, shape, engine, gflops, peakGflops, gigabytesPerSecond, timing } = row;
  return {
    kernel,
    shape,
    engine,
    gflops: rounded(gflops),
    peakGflops: rounded(peakGflops),
    gigabytesPerSecond: rounded(gigabytesPerSecond),
    ...milliseconds(timing),
    ...machine(),
  };
}
