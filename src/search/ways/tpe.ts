import { RandomStream } from "../../numeric/random.ts";
import { isActive, type Parameter, placeOf, type Space, valueAt } from "../space.ts";
import type { Settings, TrialResult, TrialSpec } from "../trial.ts";
import type { Way, WayOptions } from "../way.ts";
import { choiceDensity, type Density, type Draws, placeDensity } from "./parzen.ts";
import { randomSettings } from "./random.ts";
import { type Entry, insertRanked, scoreOf } from "./rungs.ts";
import type { DistinctSettings } from "./settings.ts";

/** Random trials at the beginning. */
const STARTUP = 10;
/** Candidates for a trial. */
const CANDIDATES = 64;

/** Number of trials that count as good: the share γ of the paper. */
function goodOf(count: number): number {
  return Math.ceil(0.15 * count);
}

/** Densities of a parameter's values in good trials and in the others. */
interface Densities {
  readonly good: Density;
  readonly bad: Density;
}

/**
 * The tree-structured Parzen estimator (Bergstra et al., "Algorithms for Hyper-Parameter Optimization", 2011): after some random trials it draws
 * candidates from the density of the settings of good trials and takes the one for which it is largest beside the density of the others.
 *
 * Trials that are still running count with the others, so that those which run beside each other differ. No settings are tried twice.
 */
export class TpeWay implements Way {
  readonly #space: Space;
  readonly #maximize: boolean;
  readonly #trials: number;
  readonly #stream: RandomStream;
  readonly #random: DistinctSettings;
  /** Trials that have ended, best first. */
  readonly #ended: Entry[] = [];
  readonly #running = new Map<number, TrialSpec>();
  #index = 0;
  #isExhausted = false;

  constructor(space: Space, options: WayOptions, trials: number, seed: number) {
    this.#space = space;
    this.#maximize = options.maximize;
    this.#trials = trials;
    this.#stream = RandomStream.from(seed, "tpe");
    this.#random = randomSettings(space, seed);
  }

  next(): TrialSpec | undefined {
    if (this.#isExhausted || this.#index >= this.#trials) return undefined;
    const settings = this.#ended.length < STARTUP ? undefined : this.#proposed();
    if (settings !== undefined) this.#random.add(settings);
    const chosen = settings ?? this.#random.next();
    this.#isExhausted = chosen === undefined;
    if (chosen === undefined) return undefined;
    const trial = { index: this.#index++, settings: chosen };
    this.#running.set(trial.index, trial);
    return trial;
  }

  report(result: TrialResult): void {
    const trial = this.#running.get(result.index);
    if (trial === undefined) return;
    this.#running.delete(result.index);
    insertRanked(this.#ended, { trial, score: scoreOf(result, this.#maximize) });
  }

  /** The best of new candidates; undefined if none of them is new. */
  #proposed(): Settings | undefined {
    const densities = this.#densities();
    const random = drawsOf(this.#stream.child(this.#index));
    let best: { readonly settings: Settings; readonly gain: number } | undefined;
    for (let i = 0; i < CANDIDATES; i++) {
      const candidate = this.#candidate(densities, random);
      if (this.#random.has(candidate.settings)) continue;
      if (best === undefined || candidate.gain > best.gain) best = candidate;
    }
    return best?.settings;
  }

  #densities(): readonly Densities[] {
    const ended = this.#ended.map(({ trial }) => trial.settings);
    const count = goodOf(ended.length);
    const good = ended.slice(0, count);
    const bad = [...ended.slice(count), ...[...this.#running.values()].map(({ settings }) => settings)];
    return this.#space.parameters.map((parameter) => ({
      good: densityOf(parameter, good),
      bad: densityOf(parameter, bad),
    }));
  }

  /** Settings drawn from the good trials' densities, and the logarithm of good over bad density there. */
  #candidate(densities: readonly Densities[], random: Draws): { settings: Settings; gain: number } {
    const settings: Record<string, Settings[string]> = {};
    let gain = 0;
    for (const [i, parameter] of this.#space.parameters.entries()) {
      if (!isActive(parameter, settings, this.#space)) continue;
      const { good, bad } = densities[i];
      const value = fromNumber(parameter, good.draw(random));
      settings[parameter.key] = value;
      const place = numberOf(parameter, value);
      gain += good.logAt(place) - bad.logAt(place);
    }
    return { settings, gain };
  }
}

/** The number by which a density knows a value: of a choice its place in the list, else the place in the domain. */
function numberOf({ domain }: Parameter, value: Settings[string]): number {
  const place = placeOf(domain, value);
  return domain.kind === "choice" ? Math.floor(place * domain.values.length) : place;
}

/** The value with such a number. */
function fromNumber({ domain }: Parameter, number: number): Settings[string] {
  return domain.kind === "choice" ? domain.values[number] : valueAt(domain, number);
}

/** Density of a parameter's values in these settings, of those in which it counts. */
function densityOf(parameter: Parameter, settings: readonly Settings[]): Density {
  const { key, domain } = parameter;
  const seen = settings.flatMap((each) => (key in each ? [numberOf(parameter, each[key])] : []));
  return domain.kind === "choice" ? choiceDensity(domain.values.length, seen) : placeDensity(seen);
}

/** The numbers of a stream, one after another. */
function drawsOf(stream: RandomStream): Draws {
  let index = 0;
  return {
    uniform: () => stream.uniform(index++),
    normal() {
      // A normal number takes the two uniform ones of twice its index.
      index += index % 2;
      const number = stream.normal(index / 2);
      index += 2;
      return number;
    },
  };
}
