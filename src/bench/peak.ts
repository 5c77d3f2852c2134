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

/** Operations of a run: 12 chains of 4 multiply-adds a round. */
const OPERATIONS = 96 * ROUNDS;

/** The faster of an engine's two peak kernels, to be timed beside what is held against it. */
export interface Peak {
  readonly gear: Gear;
  run(): void;
}

/** Operations per second, in thousand millions. */
export function peakGflops(timing: Timing): number {
  return OPERATIONS / timing.median / 1e9;
}

function kernelRuns({ kernels }: Engine): readonly (() => void)[] {
  return [() => kernels.peak_variable(ROUNDS), () => kernels.peak_constant(ROUNDS)];
}

/** Finds out which peak kernel is the faster one on each gear: that depends on V8's version. */
export async function findPeaks(
  gears: readonly Gear[],
  settings: TimingSettings,
  signal: AbortSignal,
): Promise<Map<Gear, Peak>> {
  const peaks = new Map<Gear, Peak>();
  for (const gear of gears) {
    const runs = kernelRuns(await createEngine(0, { gear }));
    const timings = await timeInTurns(runs, settings, signal);
    peaks.set(gear, { gear, run: runs[timings[0].median < timings[1].median ? 0 : 1] });
  }
  return peaks;
}
