/**
 * Timing side by side: subjects take turns, so that other programs or a slower clock disturb all of them alike.
 *
 * @module
 */

/** Lengths and numbers of measurements; times in milliseconds. */
export interface TimingSettings {
  /** Processor time that this program has used so far, where the host can tell. */
  readonly processorTime?: () => number;
  /** Each subject runs at least this long before anything counts. */
  readonly warmUp: number;
  /** Rest after that, in which the optimising compiler finishes. */
  readonly rest: number;
  /** Shortest sample: runs are repeated until one lasts this long. */
  readonly sample: number;
  /** Samples of each subject; at least `fewest`, then more while `budget` lasts. */
  readonly fewest: number;
  readonly most: number;
  /** Time for the samples of one subject. */
  readonly budget: number;
}

/** Figures to rely on. */
export const THOROUGH: TimingSettings = { warmUp: 150, rest: 50, sample: 5, fewest: 5, most: 31, budget: 400 };

/** Figures for a first look. */
export const BRIEF: TimingSettings = { warmUp: 60, rest: 30, sample: 4, fewest: 3, most: 15, budget: 110 };

/** Figures that only show that everything works. */
export const QUICK: TimingSettings = { warmUp: 1, rest: 0, sample: 0.02, fewest: 2, most: 2, budget: 1 };

/** Wall time of one run, in seconds: the middle and the quartiles of the samples. */
export interface Timing {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly samples: number;
  /** Processor time in wall time: well below 1 where other programs took the core away. NaN where unknown. */
  readonly processorShare: number;
}

/** The value below which a share of the ascending `sorted` lies, between neighbours where need be. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

function timingOf(samples: readonly number[], processorShare: number): Timing {
  const sorted = [...samples].sort((a, b) => a - b);
  const [lower, median, upper] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share));
  return { median, lower, upper, samples: sorted.length, processorShare };
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Milliseconds that `count` runs take. */
function time(run: () => void, count: number): number {
  const began = performance.now();
  for (let i = 0; i < count; i++) run();
  return performance.now() - began;
}

/** Runs for the warm-up time; returns the milliseconds of a run at its end. */
function warmUp(run: () => void, { warmUp: least, sample }: TimingSettings): number {
  const readable = Math.min(sample, 1);
  let count = 1;
  for (let spent = 0; ; ) {
    const taken = time(run, count);
    spent += taken;
    if (spent >= least && taken >= readable) return taken / count;
    if (taken < Math.max(least / 8, readable)) count *= 2;
  }
}

/**
 * Times subjects in turns: A B C A B C and so on.
 *
 * @param signal stops it between two samples
 */
export async function timeInTurns(
  subjects: readonly (() => void)[],
  settings: TimingSettings,
  signal: AbortSignal,
): Promise<Timing[]> {
  for (const run of subjects) {
    signal.throwIfAborted();
    warmUp(run, settings);
    await pause(0);
  }
  await pause(settings.rest);
  // Code that was compiled in the background during the rest is used now.
  const repetitions = subjects.map((run) =>
    Math.ceil(settings.sample / warmUp(run, { ...settings, warmUp: settings.sample })),
  );
  const { processorTime = () => Number.NaN } = settings;
  const samples = subjects.map((): number[] => []);
  const processor = subjects.map(() => 0);
  const wall = subjects.map(() => 0);
  const end = performance.now() + settings.budget * subjects.length;
  for (let round = 0; round < settings.most; round++) {
    if (round >= settings.fewest && performance.now() > end) break;
    for (const [i, run] of subjects.entries()) {
      signal.throwIfAborted();
      const before = processorTime();
      const taken = time(run, repetitions[i]);
      processor[i] += processorTime() - before;
      wall[i] += taken;
      samples[i].push(taken / repetitions[i] / 1000);
    }
    // Signals and the screen get their turn between rounds.
    await pause(0);
  }
  return samples.map((list, i) => timingOf(list, processor[i] / wall[i]));
}
