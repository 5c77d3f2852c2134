import type { Engine } from "../engine/engine.ts";
import type { EngineName } from "../engine/engine-names.ts";
import type { KernelName } from "../engine/kernels.ts";
import { type Operation, Tape } from "../engine/tape.ts";
import { withBandwidth } from "./bandwidth.ts";
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
  readonly engine: EngineName;
  readonly threads: number;
  /** The setting of threads that was asked for. */
  readonly threadsAsked: number | "auto";
  readonly gflops: number;
  /** The highest rate of multiply-adds in registers on as many threads that this run has measured. */
  readonly peakGflops: number;
  /** True where that peak bounds the kernel; others are bound by memory. */
  readonly multiplies: boolean;
  readonly gigabytesPerSecond: number;
  /** The rate of `scale` on as many bytes, measured in turns with it; undefined for kernels that multiply. */
  readonly scaleGigabytesPerSecond: number | undefined;
  /** Timing of one call. */
  readonly timing: Timing;
}

/** Context of both kinds of benchmark. */
export interface BenchContext {
  /** Peaks of all settings that are measured. */
  readonly peaks: readonly Peak[];
  readonly settings: TimingSettings;
  readonly signal: AbortSignal;
}

/**
 * Times a case's kernels on all settings in turns. The kernels must have been checked before.
 *
 * @param batch images of the batch
 * @param wanted chooses among the case's kernels
 * @param onRows called with the rows of each kernel as soon as they are known
 */
export async function benchKernels(
  { shape, batched, program: make, times }: KernelCase,
  batch: number,
  wanted: (kernel: KernelName) => boolean,
  { peaks, settings, signal }: BenchContext,
  onRows: (rows: readonly KernelRow[]) => void,
): Promise<void> {
  const programs = peaks.map(({ threads }) => withBandwidth(make(batch, threads), batch));
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
    // What bounds it runs in turns with it: multiply-adds in registers, or moving as many bytes.
    const multiplies = isMultiplying(programs[0].operations[place].kernel);
    const bounds = engines.map((engine, i) => {
      if (multiplies) return peaks[i].run;
      const tape = programs[i].bandwidthTape(place);
      return () => engine.run(tape);
    });
    const timings = await timeInTurns([...runs, ...bounds], settings, signal);
    return peaks.map((peak, i) => {
      const operation = programs[i].operations[place];
      const bound = timings[peaks.length + i];
      return {
        kernel: operation.kernel,
        shape: batched ? `${batch} x ${shape}` : shape,
        engine: peak.setting.engine,
        threads: engines[i].threads,
        threadsAsked: peak.setting.threads,
        ...speedOf(operation, programs[i].multiplyAdds, timings[i]),
        peakGflops: multiplies ? peak.note(bound) : peak.gflops,
        scaleGigabytesPerSecond: multiplies ? undefined : programs[i].scaledBytes(place) / bound.median / 1e9,
        timing: timings[i],
      };
    });
  }
}

/**
 * Indices of the first call of each kernel that is wanted: it stands for later calls, as in dropout, which calls its
 * kernel twice.
 */
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
