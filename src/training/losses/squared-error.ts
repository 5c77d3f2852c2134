import type { Loss } from "../../model/contracts.ts";
import { readOptions } from "../../options/schema.ts";
import { valueLoss, valuePlaces } from "./loss.ts";

/**
 * Square of the difference of each output and its target, mean over the outputs: regression.
 *
 * @example
 * meanSquaredError();
 */
export function meanSquaredError(): Loss {
  return MEAN_SQUARED_ERROR.read("meanSquaredError", {});
}

export const MEAN_SQUARED_ERROR = {
  schema: {},
  read(who: string, given: object): Loss {
    readOptions(who, {}, given);
    return valueLoss("meanSquaredError", given, { activation: undefined }, (tape, n, places, size) => {
      tape.add("mean_squared_error", "sample", n, ...valuePlaces(places, size), 1 / places.images);
    });
  },
};
