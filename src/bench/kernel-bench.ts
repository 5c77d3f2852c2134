import type { Gear } from "../engine/gears.ts";
import type { KernelName } from "../engine/kernels.ts";
import { type Operation, Tape } from "../engine/tape.ts";
import type { KernelCase } from "./kernel-table.ts";
import { type Peak, peakGflops } from "./peak.ts";
import { load } from "./program.ts";
import { engineOptions } from "./setting.ts";
import { type Timing, type TimingSettings, timeInTurns } from "./timing.ts";
import { isMultiplying, workOf } from "./work.ts";

/** A kernel on a shape and a gear. */
export interface KernelRow {
  readonly kernel: KernelName;
  readonly shape: string;
  readonly engine: Gear;
  readonly threads: number;
  readonly gflops: number;
  /** Of multiply-adds in registers, measured in turns with the kernel. */
  readonly peakGflops: number;
  /** Whether that peak is what bounds the kernel; others are bound by memory. */
  readonly multiplies: boolean;
  readonly gigabytesPerSecond: number;
  /** Of one call. */
  readonly timing: Timing;
}

/** What both kinds of benchmark need. */
export interface BenchContext {
  /** Of every setting that is measured. */
  readonly peaks: readonly Peak[];
  readonly settings: TimingSettings;
  readonly signal: AbortSignal;
}

/**
 * Times a case's kernels on all settings in turns. Whoever calls it has had them checked.
 *
 * @param batch images of the batch
 * @param wanted which of the case's kernels
 */
export async function benchKernels(
  { shape, batched, program: make, times }: KernelCase,
  batch: number,
  wanted: (kernel: KernelName) => boolean,
  { peaks, settings, signal }: BenchContext,
): Promise<KernelRow[]> {
  const program = make(batch);
  const engines = await Promise.all(peaks.map((setting) => load(program, engineOptions(setting))));
  const whole = new Tape();
  whole.operations.push(...program.operations);
  // Every call then finds the inputs that training would give it.
  for (const engine of engines) engine.run(whole);
  const rows: KernelRow[] = [];
  const label = batched ? `${batch} x ${shape}` : shape;
  const chosen = new Map<KernelName, Operation>();
  for (const operation of program.operations) {
    // Where a layer calls a kernel twice, as dropout does, the first call stands for both.
    const { kernel } = operation;
    if (times(kernel) && wanted(kernel) && !chosen.has(kernel)) chosen.set(kernel, operation);
  }
  for (const operation of chosen.values()) {
    const tape = new Tape();
    tape.operations.push(operation);
    const runs = engines.map((engine) => () => engine.run(tape));
    const timings = await timeInTurns([...runs, ...peaks.map(({ run }) => run)], settings, signal);
    rows.push(
      ...peaks.map((peak, i) => ({
        kernel: operation.kernel,
        shape: label,
        engine: peak.gear,
        threads: peak.threads,
        ...speedOf(operation, program.multiplyAdds, timings[i]),
        peakGflops: peakGflops(peak, timings[peaks.length + i]),
        timing: timings[i],
      })),
    );
  }
  return rows;
}

function speedOf(operation: Operation, multiplyAdds: number, { median }: Timing) {
  const { operations, bytes } = workOf(operation, multiplyAdds);
  return {
    multiplies: isMultiplying(operation.kernel),
    gflops: operations / median / 1e9,
    gigabytesPerSecond: bytes / median / 1e9,
  };
}
