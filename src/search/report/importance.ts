/**
 * Importance of settings: how much of the order of the trials each of them explains alone.
 *
 * @module
 */

import { type Parameter, valuesOf } from "../space.ts";
import type { Attempt } from "./attempts.ts";

/** Numbers with at most so many values are groups as they are; others are cut into as many. */
const MOST_GROUPS = 6;
/** Fewest trials of a group of numbers. */
const LEAST_GROUP = 4;
/** Fewest trials that say anything. */
const LEAST_TRIALS = 12;

/** The share of the order of trials that a parameter explains. */
export interface Importance {
  readonly key: string;
  /** From 0 to 1; undefined where too few trials have the parameter. */
  readonly share: number | undefined;
}

/**
 * The share of the variance of ranks that each parameter's values explain: η² of the Kruskal-Wallis statistic, (H - k + 1) / (n - k) for n trials in k
 * groups (Tomczak and Tomczak, 2014), which expects 0 of a setting without effect. Values of a range are cut into groups of
 * equal size. Trials that failed are the worst. All trials are compared after the same epochs.
 *
 * @returns most important first
 */
export function importances(
  parameters: readonly Parameter[],
  attempts: readonly Attempt[],
  maximize: boolean,
): readonly Importance[] {
  const epochs = commonEpochs(attempts);
  const scored = attempts.map((attempt) => ({ attempt, score: scoreAfter(attempt, epochs, maximize) }));
  const found = parameters.map((parameter) => {
    const those = scored.filter(({ attempt }) => parameter.key in attempt.settings);
    const groups = those.length < LEAST_TRIALS ? [] : grouped(parameter, those);
    return { key: parameter.key, share: groups.length < 2 ? undefined : explained(groups) };
  });
  return found.sort((a, b) => (b.share ?? -1) - (a.share ?? -1));
}

/** Epochs that all trials with a value have been trained for, after which they are compared. */
export function commonEpochs(attempts: readonly Attempt[]): number {
  const done = attempts.filter(({ value }) => value !== undefined);
  return done.reduce((least, { epochs }) => Math.min(least, epochs), Number.POSITIVE_INFINITY);
}

function scoreAfter({ value, epochs, curve }: Attempt, common: number, maximize: boolean): number {
  const then = value !== undefined && epochs > common ? (curve[common - 1] ?? value) : value;
  if (then === undefined || !Number.isFinite(then)) return Number.NEGATIVE_INFINITY;
  return maximize ? then : -then;
}

interface Scored {
  readonly attempt: Attempt;
  readonly score: number;
}

/** Scores by the values of a parameter. */
function grouped({ key, domain }: Parameter, scored: readonly Scored[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const { attempt, score } of scored) {
    const name = JSON.stringify(attempt.settings[key]);
    groups.set(name, [...(groups.get(name) ?? []), score]);
  }
  if (domain.kind === "choice" || valuesOf(domain) <= MOST_GROUPS) return [...groups.values()];
  const sorted = [...scored].sort((a, b) => Number(a.attempt.settings[key]) - Number(b.attempt.settings[key]));
  const count = Math.min(MOST_GROUPS, Math.floor(sorted.length / LEAST_GROUP));
  const cuts = Array.from({ length: count + 1 }, (_, i) => Math.round((i * sorted.length) / count));
  return cuts.slice(1).map((end, i) => sorted.slice(cuts[i], end).map(({ score }) => score));
}

/** η² of the Kruskal-Wallis statistic H with its correction for ties, from 0 to 1. */
export function explained(groups: readonly (readonly number[])[]): number {
  const all = groups.flatMap((scores, group) => scores.map((score) => ({ score, group })));
  all.sort((a, b) => (a.score === b.score ? 0 : a.score < b.score ? -1 : 1));
  const n = all.length;
  const k = groups.length;
  const sums = groups.map(() => 0);
  let ties = 0;
  for (let start = 0; start < n; ) {
    let end = start + 1;
    while (end < n && all[end].score === all[start].score) end++;
    // Equal scores share the mean of their ranks.
    for (let i = start; i < end; i++) sums[all[i].group] += (start + 1 + end) / 2;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  const correction = 1 - ties / (n ** 3 - n);
  if (n <= k || correction <= 0) return 0;
  const between = sums.reduce((sum, ranks, group) => sum + ranks ** 2 / groups[group].length, 0);
  const h = ((12 / (n * (n + 1))) * between - 3 * (n + 1)) / correction;
  return Math.min(1, Math.max(0, (h - k + 1) / (n - k)));
}
