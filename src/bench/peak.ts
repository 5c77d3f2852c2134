/**
 * The highest rate of multiply-adds on this machine, engine by engine: in registers only, without memory.
 *
 * @module
 */

import { createEngine, type Engine, engineChoice } from "../engine/engine.ts";
import { peakRows } from "../engine/operands/extra/peak.ts";
import { addRows } from "../engine/operands.ts";
import { MemoryPlan } from "../engine/plan.ts";
import { Tape } from "../engine/tape.ts";
import { PEAK_INPUTS, PEAK_KERNELS } from "./calls/peak.ts";
import { engineOptions, type Setting } from "./setting.ts";
import { type Timing, type TimingSettings, timeInTurns } from "./timing.ts";
import { workOf } from "./work.ts";

/** Rounds of a call: about a twentieth of a millisecond of SIMD. */
const ROUNDS = 30_000;

/** Calls of a run on several threads: so many that the barrier at the end takes a negligible part of the time. */
const CALLS = 16;

/** The fastest of a setting's peak kernels, which is timed beside the kernels that are compared with it. */
export class Peak {
  readonly setting: Setting;
  /** Threads that compute the same at the same time. */
  readonly threads: number;
  /** Makes one run, on all threads. */
  readonly run: () => void;
  /** Floating-point operations of a run, all threads together. */
  readonly #operations: number;
  #gflops = 0;

  constructor(setting: Setting, threads: number, operations: number, run: () => void) {
    this.setting = setting;
    this.threads = threads;
    this.run = run;
    this.#operations = operations;
  }

  /** The highest seen so far, in thousand millions of operations per second. */
  get gflops(): number {
    return this.#gflops;
  }

  /**
   * Notes a measurement. Its fast quarter counts, as other programs can only slow it down.
   *
   * @returns the highest seen so far
   */
  note({ lower }: Timing): number {
    this.#gflops = Math.max(this.#gflops, this.#operations / lower / 1e9);
    return this.#gflops;
  }
}

/** All peak kernels of a setting, and their engine. */
async function createPeaks(setting: Setting): Promise<{ engine: Engine; peaks: Peak[] }> {
  const { threads } = engineChoice(engineOptions(setting));
  const plan = new MemoryPlan();
  const x = plan.reserve("x", "input", PEAK_INPUTS);
  const y = plan.reserve("y", "scratch", threads * PEAK_INPUTS);
  addRows(peakRows);
  // Threads by number, since the peak is that of all threads.
  const engine = await createEngine(plan.freeze(), { engine: setting.engine, threads }, true);
  // Different numbers for each chain, so that no compiler finds two alike.
  for (let i = 0; i < x.size; i++) engine.heap[x.offset + i] = 0.5 + i / 1000;
  const peaks = PEAK_KERNELS.map(({ kernel }) => {
    const tape = new Tape();
    for (let call = 0; call < (threads === 1 ? 1 : CALLS); call++) {
      tape.add(kernel, "sample", threads, x.offset, y.offset, ROUNDS);
    }
    const operations = tape.operations.reduce((sum, operation) => sum + workOf(operation, 0).operations, 0);
    return new Peak(setting, threads, operations, () => engine.run(tape));
  });
  return { engine, peaks };
}

/** The peaks of some settings, and a function that disposes their engines. */
export interface Peaks {
  readonly list: readonly Peak[];
  dispose(): void;
}

/** Finds the fastest peak kernel of each setting, which depends on the version of V8. */
export async function findPeaks(
  settings: readonly Setting[],
  timing: TimingSettings,
  signal: AbortSignal,
): Promise<Peaks> {
  const list: Peak[] = [];
  const engines: Engine[] = [];
  const dispose = () => {
    for (const engine of engines) engine.dispose();
  };
  try {
    for (const setting of settings) {
      const { engine, peaks } = await createPeaks(setting);
      engines.push(engine);
      const timings = await timeInTurns(
        peaks.map(({ run }) => run),
        timing,
        signal,
      );
      const speeds = peaks.map((peak, i) => peak.note(timings[i]));
      list.push(peaks[speeds.indexOf(Math.max(...speeds))]);
    }
    return { list, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
