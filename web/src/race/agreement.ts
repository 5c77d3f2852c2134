import { percent, plural } from "../ui/format.ts";
import type { Contender } from "./contender.ts";

/** Steps in which rounding errors have not grown yet: there the losses must agree. */
const EARLY = 20;

/** The largest relative difference that rounding explains in the early steps. */
const TOLERANCE = 0.005;

/** A comparison of the losses of contenders at the same steps, in words. */
export interface Agreement {
  readonly agree: boolean;
  readonly text: string;
}

/** Compares the losses of all contenders with those of the first, step by step; undefined before there is anything to compare. */
export function agreementOf(contenders: readonly Contender[]): Agreement | undefined {
  const common = Math.min(...contenders.map(({ steps }) => steps));
  if (contenders.length < 2 || common === 0) return undefined;
  const [first, ...others] = contenders;
  const difference = (steps: number): number =>
    Math.max(...others.map(({ losses }) => largestDifference(losses, first.losses, steps)));
  const early = difference(Math.min(EARLY, common));
  const agree = early <= TOLERANCE;
  const equal = sameBits(contenders, common);
  const whole =
    common > EARLY ? `; over all ${plural(common, "step")} that all have made, ${atMost(difference(common))}` : "";
  const diverged = contenders.filter(({ losses }) => !losses.slice(0, common).every(Number.isFinite)).length;
  const end = diverged > 0 ? `The training diverged in ${diverged} of ${contenders.length}. ` : "";
  const verdict = agree ? "The loss curves agree" : "The loss curves do not agree";
  const text = `${verdict}: in the first ${plural(Math.min(EARLY, common), "step")} they differ by ${atMost(early)} at most${whole}. ${end}${equal}`;
  return { agree, text: text.trim() };
}

/** A bound on a share in percent, with more digits the smaller it is. */
function atMost(share: number): string {
  if (!Number.isFinite(share)) return "more than can be said";
  return share < 1e-6 ? "0.0001 %" : percent(share, share < 1e-3 ? 4 : 2);
}

function largestDifference(a: readonly number[], b: readonly number[], steps: number): number {
  let most = 0;
  for (let i = 0; i < steps; i++) most = Math.max(most, relativeDifference(a[i], b[i]));
  return most;
}

/** The relative difference of two losses; 0 where both are NaN or infinite. */
function relativeDifference(a: number, b: number): number {
  if (!Number.isFinite(a) && !Number.isFinite(b)) return 0;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
  return Math.abs(a - b) / Math.max(Math.abs(b), 1e-3);
}

/** Contenders of one engine on one core and on several that had the same losses, bit for bit. */
function sameBits(contenders: readonly Contender[], common: number): string {
  const pairs = contenders.flatMap((contender) => {
    const { engine, cores } = contender.spec;
    const alone = contenders.find(({ spec }) => spec.engine === engine && spec.cores === 1);
    return cores > 1 && alone !== undefined ? [{ engine, alone, contender }] : [];
  });
  const same = pairs.filter(({ alone, contender }) =>
    alone.losses.slice(0, common).every((loss, i) => Object.is(loss, contender.losses[i])),
  );
  if (same.length === 0) return "";
  return `On one core and on several, ${same.map(({ engine }) => engine).join(" and ")} had the same losses, bit for bit.`;
}
