/**
 * Replays a way to search on a stored table of trials, with simulated workers: an epoch takes one unit of time.
 */

/**
 * Validation accuracy after each epoch with these settings. Rates between two of the table are interpolated on a logarithmic scale; all else has
 * to be in the table.
 */
function curveOf(table, { lr, ...others }) {
  const rates = table.grid.lr;
  const above = Math.max(
    1,
    rates.findIndex((rate) => rate >= lr),
  );
  const [low, high] = [rates[above - 1], rates[above]];
  const part = Math.log(lr / low) / Math.log(high / low);
  const [from, to] = [low, high].map((rate) => table.right[indexOf(table, { ...others, lr: rate })]);
  return from.map((count, epoch) => (count + part * (to[epoch] - count)) / table.images.validation);
}

/** Number of the trial with these settings in the table. */
function indexOf(table, settings) {
  return Object.entries(table.grid).reduce((index, [key, values]) => {
    const place = values.indexOf(settings[key]);
    if (place < 0) throw new Error(`expected a value of ${key} that is in the table, got ${settings[key]}`);
    return index * values.length + place;
  }, 0);
}

/**
 * Runs a way until so many epochs are trained.
 *
 * @param {object} way `next` and `report`
 * @param {object} table stored trials: `grid`, `epochs`, `images`, `right`
 * @param {{ workers: number, epochs: number }} limits workers at once, and epochs that all trials together may take
 * @returns accuracy after all epochs of the settings with the best value that was seen, trials begun, epochs used, and the time in epochs
 */
export function replay(way, table, { workers, epochs: most }) {
  const running = [];
  const epochsOf = new Map();
  let best = { value: -1, final: 0 };
  let used = 0;
  let time = 0;
  let trials = 0;
  for (;;) {
    let trial;
    while (running.length < workers) {
      trial = way.next();
      if (trial === undefined || trial === "wait") break;
      const { index, settings, from, budget = table.epochs } = trial;
      const cost = budget - (epochsOf.get(from) ?? 0);
      if (used + cost > most) {
        // What does not fit any more ends the search; trials under way still count.
        trial = undefined;
        most = used;
        break;
      }
      used += cost;
      trials++;
      epochsOf.set(index, budget);
      running.push({ index, budget, curve: curveOf(table, settings), ends: time + cost });
    }
    if (running.length === 0) break;
    running.sort((a, b) => a.ends - b.ends || a.index - b.index);
    const { index, budget, curve, ends } = running.shift();
    time = ends;
    const value = curve[budget - 1];
    if (value > best.value) best = { value, final: curve[table.epochs - 1] };
    way.report({ index, status: "done", value, curve: curve.slice(0, budget), epochs: budget });
  }
  return { ...best, trials, epochs: used, time };
}

/**
 * The space of the table, as space files have it: its values, or all rates from its smallest to its largest.
 *
 * @param {boolean} isContinuous true for a range of rates
 */
export function spaceOf(table, isContinuous) {
  const choices = Object.entries(table.grid).map(([key, values]) => [key, { choice: values }]);
  const rates = table.grid.lr;
  return { ...Object.fromEntries(choices), ...(isContinuous && { lr: { log: [rates[0], rates[rates.length - 1]] } }) };
}

/** Rungs of 1, 3 and 9 epochs. */
const RUNGS = { maximize: true, minEpochs: 1, eta: 3, gridPoints: 5 };

/** Most trials of whole rungs that so many epochs are enough for: a third goes on for 2 more, a ninth for 6 more. */
function halvingTrials(epochs) {
  let trials = 1;
  while (trials + 1 + 2 * Math.floor((trials + 1) / 3) + 6 * Math.floor((trials + 1) / 9) <= epochs) trials++;
  return trials;
}

/**
 * Repeats a way with the seeds 1, 2 and so on.
 *
 * @param {(options: object, seed: number) => object} create makes a way
 * @param {{ way: string, repeats: number, workers: number, epochs: number }} what `epochs` of all trials together
 * @returns accuracies in percent, one for each seed
 */
export function repeated(create, table, { way, repeats, workers, epochs }) {
  const trials = way === "halving" ? halvingTrials(epochs) : Number.POSITIVE_INFINITY;
  return Array.from({ length: repeats }, (_, i) => {
    const made = create({ ...RUNGS, way, trials, epochs: table.epochs }, i + 1);
    return 100 * replay(made, table, { workers, epochs }).final;
  });
}

/** Mean and standard error of numbers. */
export function summary(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}
