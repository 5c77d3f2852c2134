/** Fewest runs of a way in a comparison, besides the one that warms up. */
const FEWEST = 3;

/** Most runs of a way in a comparison. */
const MOST = 20;

/** Milliseconds of one way's runs together after which a comparison makes only the fewest runs. */
const ENOUGH = 2;

/** Share by which the other way must be faster to be taken. */
const MARGIN = 0.03;

/**
 * Fewest runs from one comparison to the next. The second comparison comes early: the compiler still works during the
 * first.
 */
const SHORTEST_PAUSE = 16;

/** Share of all time that comparisons may cost. */
const COST = 0.01;

/** Largest ratio of the two ways' times that counts for the pause: slower ways cost more than their share. */
const WORST = 10;

/**
 * Finds the faster one of two ways to do the same, keeps it, and compares again now and then: the gain of threads
 * depends on the work, the machine, and other programs on it.
 */
export class Tuner {
  readonly #ways: readonly [() => void, () => void];
  readonly #clock: () => number;
  readonly #means = new Float64Array(2);
  #best: 0 | 1 = 1;
  /** Runs until the next comparison. */
  #pause = 0;
  #isFirst = true;
  #way: 0 | 1 = 1;
  #runs = -1;
  #sum = 0;
  #longest = 0;
  /** Runs of the current comparison. */
  #compared = 0;

  /**
   * @param ways the second is tried first
   * @param clock milliseconds
   */
  constructor(ways: readonly [() => void, () => void], clock: () => number = () => performance.now()) {
    this.#ways = ways;
    this.#clock = clock;
  }

  /** The way that is taken between comparisons. */
  get best(): 0 | 1 {
    return this.#best;
  }

  run(): void {
    if (this.#pause > 0) {
      this.#pause--;
      this.#ways[this.#best]();
    } else {
      this.#compare();
    }
  }

  /** Compares the two ways. Runs of the same way follow each other: threads that were asleep are slow at first. */
  #compare(): void {
    const began = this.#clock();
    this.#ways[this.#way]();
    const taken = this.#clock() - began;
    this.#compared++;
    // The first run of each way only warms up.
    if (this.#runs++ < 0) return;
    this.#sum += taken;
    this.#longest = Math.max(this.#longest, taken);
    if (this.#runs < FEWEST || (this.#runs < MOST && this.#sum < ENOUGH)) return;
    // The longest run is left out: other programs may have disturbed it.
    this.#means[this.#way] = (this.#sum - this.#longest) / (this.#runs - 1);
    this.#runs = -1;
    this.#sum = 0;
    this.#longest = 0;
    this.#way = this.#way === 1 ? 0 : 1;
    if (this.#way === 1) this.#decide();
  }

  #decide(): void {
    const best = this.#best;
    const other = best === 1 ? 0 : 1;
    if (this.#means[other] < this.#means[best] * (1 - MARGIN)) this.#best = other;
    const ratio = Math.min(Math.max(...this.#means) / Math.min(...this.#means), WORST);
    const pause = ((this.#compared / 2) * (ratio - 1)) / COST;
    this.#pause = this.#isFirst ? SHORTEST_PAUSE : Math.max(Math.ceil(pause), SHORTEST_PAUSE);
    this.#isFirst = false;
    this.#compared = 0;
  }
}
