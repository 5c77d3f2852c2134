/**
 * The most that multiply-adds can reach on this machine, engine by engine: registers only, no memory.
 *
 * @module
 */

import { createEngine, type Engine } from "../engine/engine.ts";
import { MemoryPlan } from "../engine/plan.ts";
import { Tape } from "../engine/tape.ts";
import { PEAK_INPUTS, PEAK_KERNELS } from "./calls/peak.ts";
import { engineOptions, type Setting } from "./setting.ts";
import { type Timing, type TimingSettings, timeInTurns } from "./timing.ts";
import { workOf } from "./work.ts";

/** Rounds of a call: about a twentieth of a millisecond of SIMD. */
const ROUNDS = 30_000;

/** The fastest of a setting's peak kernels, to be timed beside what is held against it. */
export interface Peak extends Setting {
  /** Floating-point operations of a run, all threads together. */
  readonly operations: number;
  /** Every thread computes the same, at the same time. */
  run(): void;
}

/** Operations per second, in thousand millions. */
export function peakGflops({ operations }: Peak, timing: Timing): number {
  return operations / timing.median / 1e9;
}

/** All peak kernels of a setting, and their engine. */
async function createPeaks(setting: Setting): Promise<{ engine: Engine; peaks: Peak[] }> {
  const plan = new MemoryPlan();
  const x = plan.reserve("x", "input", PEAK_INPUTS);
  const y = plan.reserve("y", "scratch", setting.threads * PEAK_INPUTS);
  const engine = await createEngine(plan.freeze(), engineOptions(setting));
  // Different chains, so that no compiler finds two alike.
  for (let i = 0; i < x.size; i++) engine.heap[x.offset + i] = 0.5 + i / 1000;
  const peaks = PEAK_KERNELS.map(({ kernel }) => {
    const tape = new Tape();
    tape.add(kernel, "sample", setting.threads, x.offset, y.offset, ROUNDS);
    return { ...setting, operations: workOf(tape.operations[0], 0).operations, run: () => engine.run(tape) };
  });
  return { engine, peaks };
}

/** The peaks of some settings, and how to let go of their engines. */
export interface Peaks {
  readonly list: readonly Peak[];
  dispose(): void;
}

/** Finds out which peak kernel is the fastest one on each setting: that depends on V8's version. */
export async function findPeaks(
  settings: readonly Setting[],
  timing: TimingSettings,
  signal: AbortSignal,
): Promise<Peaks> {
  const list: Peak[] = [];
  const engines: Engine[] = [];
  const dispose = () => {
    engines.length = 0;
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
      const speeds = peaks.map((peak, i) => peakGflops(peak, timings[i]));
      list.push(peaks[speeds.indexOf(Math.max(...speeds))]);
    }
    return { list, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
