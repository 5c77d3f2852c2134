import type { Engine } from "../engine/engine.ts";
import type { Gear } from "../engine/gears.ts";
import type { KernelName } from "../engine/kernels.ts";
import { type Operation, Tape } from "../engine/tape.ts";
import type { KernelCase } from "./kernel-table.ts";
import type { Peak } from "./peak.ts";
import { load } from "./program.ts";
import { engineOptions } from "./setting.ts";
import { type Timing, type TimingSettings, timeInTurns } from "./timing.ts";
import { isMultiplying, workOf } from "./work.ts";

/** A kernel on a shape and a setting. */
export interface KernelRow {
  readonly kernel: KernelName;
  readonly shape: string;
  readonly engine: Gear;
  readonly threads: number;
  /** What was asked for, in place of a number of threads. */
  readonly threadsAsked: number | "auto";
  readonly gflops: number;
  /** Of multiply-adds in registers on as many threads, the highest that this run has seen. */
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
 * @param onRows called with the rows of each kernel as soon as they are known
 */
export async function benchKernels(
  { shape, batched, program: make, times }: KernelCase,
  batch: number,
  wanted: (kernel: KernelName) => boolean,
  { peaks, settings, signal }: BenchContext,
  onRows: (rows: readonly KernelRow[]) => void,
): Promise<void> {
  const programs = peaks.map(({ threads }) => make(batch, threads));
  const engines: Engine[] = [];
  try {
    for (const [i, { setting }] of peaks.entries()) engines.push(await load(programs[i], engineOptions(setting)));
    // Every call then finds the inputs that training would give it.
    engines.forEach((engine, i) => {
      const whole = new Tape();
      whole.operations.push(...programs[i].operations);
      engine.run(whole);
    });
    for (const place of firstCalls(programs[0].operations, (kernel) => times(kernel) && wanted(kernel))) {
      onRows(await benchCall(place));
    }
  } finally {
    for (const engine of engines) engine.dispose();
  }

  async function benchCall(place: number): Promise<KernelRow[]> {
    const runs = engines.map((engine, i) => {
      const tape = new Tape();
      tape.operations.push(programs[i].operations[place]);
      return () => engine.run(tape);
    });
    const timings = await timeInTurns([...runs, ...peaks.map(({ run }) => run)], settings, signal);
    return peaks.map((peak, i) => {
      const operation = programs[i].operations[place];
      return {
        kernel: operation.kernel,
        shape: batched ? `${batch} x ${shape}` : shape,
        engine: peak.setting.gear,
        threads: engines[i].threads,
        threadsAsked: peak.setting.threads,
        ...speedOf(operation, programs[i].multiplyAdds, timings[i]),
        peakGflops: peak.note(timings[peaks.length + i]),
        timing: timings[i],
      };
    });
  }
}

/** Where each kernel that is wanted is called first: the first call stands for others, as in dropout, which calls it twice. */
function firstCalls(operations: readonly Operation[], wanted: (kernel: KernelName) => boolean): number[] {
  const kernels = operations.map(({ kernel }) => kernel);
  return kernels.flatMap((kernel, i) => (wanted(kernel) && kernels.indexOf(kernel) === i ? [i] : []));
}

function speedOf(operation: Operation, multiplyAdds: number, { median }: Timing) {
  const { operations, bytes } = workOf(operation, multiplyAdds);
  return {
    multiplies: isMultiplying(operation.kernel),
    gflops: operations / median / 1e9,
    gigabytesPerSecond: bytes / median / 1e9,
  };
}
