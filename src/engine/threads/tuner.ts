/** Fewest runs of a way in a comparison, besides the one that warms up. */
const FEWEST = 3;

/** Most runs of a way in a comparison. */
const MOST = 20;

/** Milliseconds of one way's runs together after which a comparison makes only the fewest runs. */
const ENOUGH = 2;

/** Milliseconds of a run that counts by itself, if it is slower than the way that is taken: more of them would cost much. */
const LONG = 20;

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
  /** The way that a comparison is at: first the one that is taken, then the other. */
  #way: 0 | 1 = 1;
  #runs = -1;
  #sum = 0;
  #longest = 0;

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
    const way = this.#way;
    const isOther = way !== this.#best;
    const began = this.#clock();
    this.#ways[way]();
    const taken = this.#clock() - began;
    const runs = ++this.#runs;
    if (isOther && taken > Math.max(LONG, this.#means[this.#best])) {
      this.#means[way] = taken;
    } else {
      // The first run of each way only warms up.
      if (runs < 1) return;
      this.#sum += taken;
      this.#longest = Math.max(this.#longest, taken);
      if (runs < FEWEST || (runs < MOST && this.#sum < ENOUGH)) return;
      // The longest run is left out: other programs may have disturbed it.
      this.#means[way] = (this.#sum - this.#longest) / (runs - 1);
    }
    if (isOther) this.#decide(way, runs + 1);
    else this.#way = way === 1 ? 0 : 1;
    this.#runs = -1;
    this.#sum = this.#longest = 0;
  }

  /** @param runs that the other way made */
  #decide(other: 0 | 1, runs: number): void {
    const means = this.#means;
    if (means[other] < means[this.#best] * (1 - MARGIN)) this.#best = other;
    const ratio = Math.min(Math.max(...means) / Math.min(...means), WORST);
    this.#pause = this.#isFirst ? SHORTEST_PAUSE : Math.max(Math.ceil((runs * (ratio - 1)) / COST), SHORTEST_PAUSE);
    this.#isFirst = false;
    this.#way = this.#best;
  }
}
