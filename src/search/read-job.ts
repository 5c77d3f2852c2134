import { InputTypeError, shown } from "../errors.ts";
import { readFields } from "../options/objects.ts";
import type { SearchJob } from "./job.ts";
import { readSettings } from "./read-run.ts";

const NAMES = ["version", "train", "data", "sha256", "metric", "maximize", "folds", "seeds", "seed"] as const;

/**
 * Reads the job of a search from JSON that is not to be trusted. Whether its settings can be trained with, the runner checks.
 *
 * @throws TypeError naming `who` and the key that is wrong
 */
export function readSearchJob(who: string, json: unknown): SearchJob {
  const fields = readFields(who, json, NAMES);
  const { data, sha256, maximize } = fields;
  if (typeof maximize !== "boolean") throw new InputTypeError(who, "maximize to be true or false", shown(maximize));
  return {
    version: text(who, "version", fields.version),
    train: readSettings(who, fields.train),
    ...(data !== undefined && { data: text(who, "data", data) }),
    ...(sha256 !== undefined && { sha256: text(who, "sha256", sha256) }),
    metric: text(who, "metric", fields.metric),
    maximize,
    folds: count(who, "folds", fields.folds),
    seeds: count(who, "seeds", fields.seeds),
    seed: count(who, "seed", fields.seed),
  };
}

function text(who: string, key: string, value: unknown): string {
  if (typeof value === "string" && value.length <= 10_000) return value;
  throw new InputTypeError(who, `${key} to be a text`, shown(value));
}

function count(who: string, key: string, value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InputTypeError(who, `${key} to be a whole number`, shown(value));
}
