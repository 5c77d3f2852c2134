/**
 * The most that multiply-adds can reach on this machine, engine by engine: registers only, no memory.
 *
 * @module
 */

import { createEngine, type Engine } from "../engine/engine.ts";
import type { Gear } from "../engine/gears.ts";
import { type Timing, type TimingSettings, timeInTurns } from "./timing.ts";

/** Rounds of a run: about a tenth of a millisecond of SIMD. */
const ROUNDS = 30_000;

/** The fastest of an engine's peak kernels, to be timed beside what is held against it. */
export interface Peak {
  readonly gear: Gear;
  /** Floating-point operations of a run. */
  readonly operations: number;
  run(): void;
}

/** Operations per second, in thousand millions. */
export function peakGflops({ operations }: Peak, timing: Timing): number {
  return operations / timing.median / 1e9;
}

function peakKernels({ gear, kernels }: Engine): readonly Peak[] {
  return [
    { gear, operations: 96 * ROUNDS, run: () => kernels.peak_variable(ROUNDS) },
    { gear, operations: 96 * ROUNDS, run: () => kernels.peak_constant(ROUNDS) },
    { gear, operations: 64 * ROUNDS, run: () => kernels.peak_tile(ROUNDS) },
  ];
}

/** Finds out which peak kernel is the fastest one on each gear: that depends on V8's version. */
export async function findPeaks(
  gears: readonly Gear[],
  settings: TimingSettings,
  signal: AbortSignal,
): Promise<Map<Gear, Peak>> {
  const peaks = new Map<Gear, Peak>();
  for (const gear of gears) {
    const kernels = peakKernels(await createEngine(0, { gear }));
    const timings = await timeInTurns(
      kernels.map(({ run }) => run),
      settings,
      signal,
    );
    const speeds = kernels.map((kernel, i) => peakGflops(kernel, timings[i]));
    peaks.set(gear, kernels[speeds.indexOf(Math.max(...speeds))]);
  }
  return peaks;
}
