import { isRecord } from "../../json.ts";
import type { Facts, RunRecord } from "./record.ts";

/** Settings of a run by their paths, such as `optimizer.learningRate`; those that are null or empty are left out. */
export type FlatSettings = ReadonlyMap<string, Value>;

type Value = string | number | boolean;

/** Keys of `settings.json` that are no settings of the training, or have places of their own. */
const NO_SETTINGS: readonly string[] = [
  ...["network", "isRecipe", "recipe", "epochs", "stepsPerEpoch", "memoryBytes", "out", "model", "startedAt"],
  ...["version", "node", "cpu", "threads", "averageEvery"],
];

/** Settings of the data that choose among its images. */
const OF_DATA: readonly string[] = ["limit", "validation", "trainRange", "testRange", "reader"];

/** The settings that people change most, in this order, before all others. */
const FIRST: readonly string[] = ["optimizer", "optimizer.learningRate", "batchSize", "schedule", "augment"];

/** The settings of a run that say how it trains. */
export function flatSettings({ settings }: Pick<RunRecord, "settings">): FlatSettings {
  const { data, restoreBestWeights, ...rest } = settings;
  // With validation a run ends with its best weights: only the last ones are worth a word.
  const keepsLast = restoreBestWeights === false && { restoreBestWeights };
  const own = Object.entries({ ...rest, ...keepsLast }).filter(([key]) => !NO_SETTINGS.includes(key));
  const ofData = Object.entries(isRecord(data) ? data : {}).filter(([key]) => OF_DATA.includes(key));
  const flat = [...own, ...ofData].flatMap(([key, value]) => leaves(key, value)).filter(isGiven);
  return new Map(flat.sort(([a], [b]) => rank(a) - rank(b)));
}

/** False for a change to images that is not made. */
function isGiven([path, value]: readonly [string, Value]): boolean {
  return !path.startsWith("augment.") || (value !== 0 && value !== false);
}

function rank(path: string): number {
  const at = FIRST.indexOf(path);
  if (at >= 0) return at;
  const ofFirst = FIRST.indexOf(path.split(".")[0]);
  return ofFirst >= 0 ? FIRST.length + ofFirst : 2 * FIRST.length;
}

/** The values inside a setting: a type stands for what it is the type of. */
function leaves(path: string, value: unknown): [string, Value][] {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return [[path, value]];
  if (Array.isArray(value)) return value.length === 0 ? [] : [[path, JSON.stringify(value)]];
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => leaves(key === "type" ? path : `${path}.${key}`, inner));
}

/** A value of a setting for people; nothing for one that a run lacks. */
export function valueText(value: Value | undefined): string {
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value ?? "");
}

/**
 * The settings in which runs differ, in the order of their importance. Runs of different networks have different settings anyway: where
 * some runs are of one network, it is the settings in which those differ.
 *
 * @returns paths, such as `optimizer.learningRate`
 */
export function differingSettings(runs: readonly RunRecord[]): string[] {
  const networks = new Set(runs.map(({ settings }) => settings.network));
  const groups = [...networks].map((network) => runs.filter(({ settings }) => settings.network === network));
  const several = groups.filter((group) => group.length > 1);
  return differing(several.length > 0 ? several : [runs]);
}

/** The settings in which any of these runs differ. */
export function allDifferences(runs: readonly RunRecord[]): string[] {
  return differing([runs]);
}

function differing(groups: readonly (readonly RunRecord[])[]): string[] {
  const found = new Set<string>();
  for (const group of groups) {
    const flat = group.map(flatSettings);
    for (const path of new Set(flat.flatMap((settings) => [...settings.keys()]))) {
      if (new Set(flat.map((settings) => valueText(settings.get(path)))).size > 1) found.add(path);
    }
  }
  return [...found].sort((a, b) => rank(a) - rank(b));
}

/** Short names of settings, for tables: the last part of a path where no other ends so. */
function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const last = (path: string) => path.split(".").at(-1) ?? path;
  const isUnique = (path: string) => paths.filter((other) => last(other) === last(path)).length === 1;
  return new Map(paths.map((path) => [path, isUnique(path) ? last(path) : path]));
}

/** Some of a run's settings in a line: "learningRate 0.1, seed 3"; nothing of those that it lacks. */
export function settingsText(run: Pick<RunRecord, "settings">, paths: readonly string[]): string {
  const flat = flatSettings(run);
  const names = shortNames(paths);
  const parts = paths.flatMap((path) => {
    const value = flat.get(path);
    return value === undefined ? [] : [`${names.get(path)} ${valueText(value)}`];
  });
  return parts.join(", ");
}

/** Some of a run's settings as JSON has them; null for those that it lacks. */
export function pickSettings(run: RunRecord, paths: readonly string[]): Facts {
  const flat = flatSettings(run);
  return Object.fromEntries(paths.map((path) => [path, flat.get(path) ?? null]));
}
