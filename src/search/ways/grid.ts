import type { Json } from "../../json.ts";
import { gridValues, isActive, type Space } from "../space.ts";
import type { Settings } from "../trial.ts";

/**
 * Every combination of the parameters' values, the last parameter's changing fastest. A parameter whose condition does not hold
 * is missing and multiplies nothing.
 *
 * @param points values that are taken of a range without a step
 */
export function* gridSettings(space: Space, points: number): Generator<Settings, undefined> {
  const { parameters } = space;
  function* from(place: number, settings: { readonly [key: string]: Json }): Generator<Settings> {
    const parameter = parameters[place];
    if (parameter === undefined) yield settings;
    else if (!isActive(parameter, settings, space)) yield* from(place + 1, settings);
    else {
      for (const value of gridValues(parameter.domain, points))
        yield* from(place + 1, { ...settings, [parameter.key]: value });
    }
  }
  yield* from(0, {});
}

/** Number of combinations of {@link gridSettings}; counted no further than `most`. */
export function gridSize(space: Space, points: number, most = 1e6): number {
  const grid = gridSettings(space, points);
  let count = 0;
  while (count < most && grid.next().done !== true) count++;
  return count;
}
