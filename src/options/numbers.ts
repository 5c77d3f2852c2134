import { InputRangeError, InputTypeError, shown } from "../errors.ts";

/** Bounds of a number; without any, every finite number is allowed. */
export interface NumberRule {
  /** Smallest value allowed. */
  readonly minimum?: number;
  /** The value has to be greater than this. */
  readonly above?: number;
  /** Greatest value allowed. */
  readonly maximum?: number;
  /** The value has to be less than this. */
  readonly below?: number;
  /** True: only whole numbers, as far as they are exact: up to 2^53 - 1. */
  readonly whole?: boolean;
  /**
   * True: the value has to keep the rule in float32 too, as kernels take it: a tiny number is 0 there, and a huge one
   * infinite.
   */
  readonly float32?: boolean;
}

/** A rule in words, such as "a whole number at least 1". */
export function ruleText(rule: NumberRule): string {
  const parts = [rule.whole ? "a whole number" : "a finite number"];
  if (rule.minimum !== undefined) parts.push(`at least ${shown(rule.minimum)}`);
  if (rule.above !== undefined) parts.push(`above ${shown(rule.above)}`);
  if (rule.maximum !== undefined) parts.push(`at most ${shown(rule.maximum)}`);
  if (rule.below !== undefined) parts.push(`below ${shown(rule.below)}`);
  const text = parts.length === 1 ? parts[0] : `${parts[0]} ${parts.slice(1).join(" and ")}`;
  return rule.float32 ? `${text} in float32` : text;
}

/** True for a number within the rule's bounds, as float64. */
export function keepsRule(value: number, rule: NumberRule): boolean {
  const { minimum = value, maximum = value } = rule;
  const { above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = rule;
  const isInside = value >= minimum && value <= maximum && value > above && value < below;
  return isInside && (rule.whole ? Number.isSafeInteger(value) : Number.isFinite(value));
}

/**
 * Returns `value` if it is a number that keeps the rule.
 *
 * @param who stands in front of the message
 * @param name of the number in the message
 * @throws TypeError if it is not a number
 * @throws RangeError if it breaks the rule
 */
export function checkNumber(who: string, name: string, value: unknown, rule: NumberRule = {}): number {
  if (typeof value !== "number") throw new InputTypeError(who, `${name} to be ${ruleText(rule)}`, shown(value));
  if (keepsRule(value, rule) && (!rule.float32 || keepsRule(Math.fround(value), rule))) return value;
  throw new InputRangeError(who, `${name} to be ${ruleText(rule)}`, shown(value));
}
