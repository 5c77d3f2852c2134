import { isActive, type Space, valueAt } from "../space.ts";
import type { Settings } from "../trial.ts";

/** Draws for a setting that repeats are given up after so many times the number of those that are there. */
const PATIENCE = 64;

/**
 * Settings at a point of the unit cube: each parameter that counts has the value at its place.
 *
 * @param placeOf place of the parameter with this number, from 0 to below 1
 */
export function settingsAt(space: Space, placeOf: (parameter: number) => number): Settings {
  const settings: Record<string, Settings[string]> = {};
  for (const [i, parameter] of space.parameters.entries()) {
    if (isActive(parameter, settings, space)) settings[parameter.key] = valueAt(parameter.domain, placeOf(i));
  }
  return settings;
}

/**
 * Settings one after another, none of them twice: the same settings would train to the same bits again.
 *
 * @example
 * const random = RandomStream.from(1, "search");
 * const each = new DistinctSettings((draw) => settingsAt(space, (i) => random.child(draw).uniform(i)));
 * each.next(); // settings
 */
export class DistinctSettings {
  readonly #draw: (index: number) => Settings | undefined;
  readonly #seen = new Set<string>();
  #draws = 0;

  /** @param draw settings by the number of the draw; undefined when there are no more */
  constructor(draw: (index: number) => Settings | undefined) {
    this.#draw = draw;
  }

  /** Settings that were not there before; undefined if there seem to be none left. */
  next(): Settings | undefined {
    const most = PATIENCE * (1 + this.#seen.size);
    for (let tries = 0; tries < most; tries++) {
      const settings = this.#draw(this.#draws++);
      if (settings === undefined) return undefined;
      if (this.add(settings)) return settings;
    }
    return undefined;
  }

  /** Counts settings as having been there; false if they had been. */
  add(settings: Settings): boolean {
    const text = JSON.stringify(settings);
    if (this.#seen.has(text)) return false;
    this.#seen.add(text);
    return true;
  }

  /** True for settings that were there. */
  has(settings: Settings): boolean {
    return this.#seen.has(JSON.stringify(settings));
  }
}
