import { InputTypeError, shown } from "../errors.ts";
import type { OptionKind } from "../options/kinds.ts";
import { checkNumber } from "../options/numbers.ts";
import { SEED } from "../training/model-settings.ts";
import { UsageError } from "./command-error.ts";

/** Most seeds of one command. */
const MOST_SEEDS = 1000;

/** Several seeds: their number, or a list of them. */
export type Seeds = number | readonly number[];

/** Seeds as an option: "5", or "1,2,7". */
export const SEEDS: OptionKind<Seeds | string, Seeds> = {
  field: "value",
  wanted: `a number of seeds up to ${MOST_SEEDS}, or a list such as 1,2,7`,
  read(who, key, value) {
    if (typeof value === "number")
      return checkNumber(who, key, value, { whole: true, minimum: 1, maximum: MOST_SEEDS });
    if (typeof value === "string") return this.read(who, key, numbersOf(value));
    const seeds = Array.isArray(value) ? value.map((seed: unknown) => SEED.read(who, key, seed)) : [];
    if (seeds.length > 0 && seeds.length <= MOST_SEEDS && new Set(seeds).size === seeds.length) return seeds;
    throw new InputTypeError(who, `${key} to be ${this.wanted}`, shown(value));
  },
};

/** "5" is a number of seeds; with a comma it is a list, also "5,". */
function numbersOf(text: string): number | readonly number[] {
  const parts = text.replace(/,\s*$/, "").split(",");
  const numbers = parts.map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  return text.includes(",") ? numbers : numbers[0];
}

/**
 * The seeds that the options ask for: so many from `--seed` on, or those of a list.
 *
 * @throws UsageError for a list beside `--seed`
 */
export function seedsOf(seeds: Seeds, seed: number | undefined): readonly number[] {
  if (typeof seeds === "number") return Array.from({ length: seeds }, (_, i) => (seed ?? 0) + i);
  if (seed === undefined) return seeds;
  throw new UsageError("--seeds", "--seeds with a list, or --seed", "both", "contradiction");
}
