import { InputRangeError } from "../errors.ts";
import type { SearchPlan } from "./options.ts";
import { type RunPlan, type RunSpec, runsOf } from "./trial.ts";
import type { Way, WayName } from "./way.ts";

/** Ways whose trials follow from space and seed alone. */
const KNOWN_AHEAD: readonly WayName[] = ["grid", "random", "quasiRandom"];

/**
 * Checks that all runs of a search are known before any has ended.
 *
 * @throws InputRangeError if they are not
 */
export function checkKnownAhead(who: string, { way, hours }: Pick<SearchPlan, "way" | "hours">): void {
  if (!KNOWN_AHEAD.includes(way)) {
    const expected = `a way whose trials follow from the space alone: ${KNOWN_AHEAD.join(", ")}`;
    throw new InputRangeError(who, expected, `${way}, which needs results`, "contradiction", {
      advice: "--queue spreads all ways over many machines",
    });
  }
  if (hours !== undefined) throw new InputRangeError(who, "a number of trials", "hours", "contradiction");
}

/** The runs of a search whose trials follow from its space and seed: run i is that at place i. */
export function runList(way: Way, plan: RunPlan): readonly RunSpec[] {
  const runs: RunSpec[] = [];
  for (let trial = way.next(); typeof trial === "object"; trial = way.next()) runs.push(...runsOf(trial, plan));
  return runs;
}
