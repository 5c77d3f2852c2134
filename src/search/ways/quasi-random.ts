import { InputRangeError } from "../../errors.ts";
import type { Space } from "../space.ts";
import { DistinctSettings, settingsAt } from "./settings.ts";
import { MOST_DIMENSIONS, scrambledSobol } from "./sobol.ts";

/** Points of the sequence before it ends. */
const MOST_POINTS = 2 ** 31;

/**
 * Settings at the points of a scrambled Sobol' sequence, each once: they fill the space more evenly than random ones, most evenly when their number is
 * a power of two.
 *
 * @throws RangeError for a space of more than 64 parameters
 */
export function quasiRandomSettings(space: Space, seed: number): DistinctSettings {
  const dimensions = space.parameters.length;
  if (dimensions > MOST_DIMENSIONS) {
    throw new InputRangeError("quasiRandom", `at most ${MOST_DIMENSIONS} parameters`, `${dimensions}`);
  }
  const point = scrambledSobol(dimensions, seed);
  return new DistinctSettings((draw) => {
    if (draw >= MOST_POINTS) return undefined;
    const places = point(draw);
    return settingsAt(space, (parameter) => places[parameter]);
  });
}
