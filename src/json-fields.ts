/**
 * Reading objects that came as JSON and are not to be trusted: each field is checked, and none may be left over.
 *
 * @module
 */

const SHOWN_LENGTH = 60;

/** A value as an error message shows it, cut short. */
export function shown(value: unknown): string {
  const text = asText(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text;
}

function asText(value: unknown): string {
  if (typeof value !== "string" && (typeof value !== "object" || value === null)) return String(value);
  try {
    return JSON.stringify(value) ?? "an object";
  } catch {
    return "an object that JSON cannot hold";
  }
}

/** What a number has to be; without bounds any finite number. */
export interface NumberRule {
  /** Smallest value allowed. */
  readonly minimum?: number;
  /** Has to be greater than this. */
  readonly above?: number;
  /** Greatest value allowed. */
  readonly maximum?: number;
  /** Has to be less than this. */
  readonly below?: number;
  /** Only whole numbers. */
  readonly whole?: boolean;
}

function ruleText(rule: NumberRule): string {
  const parts = [rule.whole ? "a whole number" : "a finite number"];
  if (rule.minimum !== undefined) parts.push(`at least ${rule.minimum}`);
  if (rule.above !== undefined) parts.push(`above ${rule.above}`);
  if (rule.maximum !== undefined) parts.push(`at most ${rule.maximum}`);
  if (rule.below !== undefined) parts.push(`below ${rule.below}`);
  return parts.length === 1 ? parts[0] : `${parts[0]} ${parts.slice(1).join(" and ")}`;
}

/**
 * Gives `value` back if it is a number that keeps the rule.
 *
 * @throws TypeError if it is no number
 * @throws RangeError if it breaks the rule
 */
export function checkNumber(who: string, name: string, value: unknown, rule: NumberRule = {}): number {
  // Made only where it is needed: some numbers are checked at every step.
  const problem = () => `${who}: expected ${name} to be ${ruleText(rule)}, got ${shown(value)}`;
  if (typeof value !== "number") throw new TypeError(problem());
  const { minimum = value, maximum = value } = rule;
  const { above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = rule;
  const inside = value >= minimum && value <= maximum && value > above && value < below;
  const right = rule.whole ? Number.isInteger(value) : Number.isFinite(value);
  if (!inside || !right) throw new RangeError(problem());
  return value;
}

/** The fields of an object from untrusted JSON, after {@link readFields} found no unknown names. */
export type Fields<Name extends string> = { readonly [name in Name]?: unknown };

/**
 * The fields of `value`, which has to be an object with no other keys than `names`.
 *
 * @throws TypeError if it is not an object, or has other keys
 */
export function readFields<Name extends string>(who: string, value: unknown, names: readonly Name[]): Fields<Name> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`${who}: expected an object, got ${shown(value)}`);
  }
  const known: ReadonlySet<string> = new Set(names);
  for (const key of Object.keys(value)) {
    if (!known.has(key)) throw new TypeError(`${who}: expected only the keys ${names.join(", ")}, got ${shown(key)}`);
  }
  return value;
}

/**
 * The `type` of an object from untrusted JSON, or a bare string, which has to be one of `types`.
 *
 * @throws TypeError if there is no such string
 * @throws RangeError if it is none of `types`
 */
export function readType<Type extends string>(who: string, value: unknown, types: readonly Type[]): Type {
  const type =
    typeof value === "object" && value !== null && Object.hasOwn(value, "type") && "type" in value ? value.type : value;
  const found = types.find((candidate) => candidate === type);
  if (found !== undefined) return found;
  const problem = `${who}: expected one of ${types.join(", ")}, got ${shown(type)}`;
  throw typeof type === "string" ? new RangeError(problem) : new TypeError(problem);
}
