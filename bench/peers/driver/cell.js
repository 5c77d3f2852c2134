/**
 * One network at one batch size, in training or inference: contenders are built and checked, then timed in turns.
 *
 * @module
 */

import { compare } from "./reference.js";
import { median, quantile } from "./statistics.js";

/** @import { Contender } from "./contenders.js" */
/** @import { NetworkSpec } from "./networks.js" */
/** @import { ContenderProcess } from "./process.js" */
/** @import { Subjects } from "./subjects.js" */

/**
 * @typedef {{ contender: Contender, process: ContenderProcess, settings?: (key: string) => string[] | undefined }} Entrant
 * @typedef {{ spec: NetworkSpec & { checkSteps?: number }, batch: number, mode: "train" | "infer" }} Cell
 * @typedef {{ seconds: number, rounds: number, warmUp: number, stepLimit: number, trial: number }} Timing
 * @typedef {{ setting: string, samples: number[], processor: number, seconds: number, error: number }} Lane
 *   images per second of each round; processor time and wall time of all
 * @typedef {object} Row
 * @property {string} net
 * @property {number} batch
 * @property {"train" | "infer"} mode
 * @property {string} contender
 * @property {string} peer
 * @property {number} threads
 * @property {string} [setting] the fastest one, where there are several
 * @property {number} [imagesPerSecond] median over the rounds
 * @property {number} [lower] lower quartile
 * @property {number} [upper] upper quartile
 * @property {number} [rounds]
 * @property {number} [measuredBatch] where steps of the whole batch would take too long
 * @property {number} [error] largest difference in the check
 * @property {number} [busy] processor time in wall time
 * @property {string} [missing] why there is no figure
 */

/** Images per second of slow contenders, as far as known. @type {Map<string, number>} */
const SPEEDS = new Map();

/**
 * Rows of slow contenders, which are used for larger batches too where only small ones can be measured. @type
 * {Map<string, Row>}
 */
const SLOW_ROWS = new Map();

/** Compiled code is tried only in the memory layout that was best without. */
const isLate = (/** @type {string} */ setting) => setting.startsWith("compiled");

/** @param {Cell} cell */
export const keyOf = ({ spec, batch, mode }) => `${spec.name} ${batch} ${mode}`;

/** An entrant with what it has prepared, by setting. */
class Runner {
  /** @type {Map<string, Lane>} */
  lanes = new Map();
  /** @type {string | undefined} */
  missing;
  batch;

  /** @param {Entrant} entrant @param {Cell} cell @param {Subjects} subjects @param {Timing} timing */
  constructor(entrant, cell, subjects, timing) {
    this.entrant = entrant;
    this.cell = cell;
    this.subjects = subjects;
    this.timing = timing;
    this.batch = cell.batch;
  }

  get path() {
    return this.subjects.get(this.cell.spec, this.batch).path;
  }

  get #slowKey() {
    return `${this.entrant.contender.id} ${this.cell.spec.name} ${this.cell.mode} ${this.batch}`;
  }

  /** Builds one setting and has it checked. @param {string} setting */
  async #prepare(setting) {
    const { mode } = this.cell;
    const { process } = this.entrant;
    const { result } = await process.request({ do: "prepare", subject: this.path, mode, setting });
    const error = await compare(this.path, mode, result);
    this.lanes.set(setting, { setting, samples: [], processor: 0, seconds: 0, error });
  }

  /** @param {Lane} lane @param {number} seconds */
  async #run({ setting }, seconds) {
    const answer = await this.entrant.process.request({ do: "run", setting, seconds }, seconds);
    return { ...answer, speed: (answer.steps * this.batch) / answer.seconds };
  }

  /** Tries smaller batches for slow contenders, so that a step takes no longer than the limit. */
  async #fitBatch() {
    const { contender, process } = this.entrant;
    const { batch, mode, spec } = this.cell;
    if (!contender.slow || batch === 1 || spec.checkSteps !== undefined) return;
    const key = `${contender.id} ${spec.name} ${mode}`;
    if (!SPEEDS.has(key)) {
      this.batch = 1;
      const [setting] = await this.#settings();
      await process.request({ do: "prepare", subject: this.path, mode, setting });
      const { speed } = await this.#run({ setting, samples: [], processor: 0, seconds: 0, error: 0 }, 0);
      await process.request({ do: "release" });
      SPEEDS.set(key, speed);
    }
    this.batch = batch;
    while (this.batch > 1 && this.batch / SPEEDS.get(key) > this.timing.stepLimit)
      this.batch = Math.ceil(this.batch / 2);
  }

  async #settings() {
    const { mode } = this.cell;
    const { settings } = await this.entrant.process.request({ do: "settings", subject: this.path, mode });
    return settings;
  }

  /**
   * Prepares what will be timed. Of many settings, the fastest few of a short trial are kept, or those that an earlier
   * trial found.
   *
   * @param {number} finalists
   */
  async prepare(finalists) {
    try {
      await this.#fitBatch();
      if (this.batch !== this.cell.batch && SLOW_ROWS.has(this.#slowKey)) return;
      const known = this.entrant.settings?.(keyOf(this.cell));
      if (known !== undefined) {
        await this.#prepareAll(known);
        return;
      }
      await this.#tryAll();
      const best = this.#ranked().slice(0, finalists);
      this.lanes = new Map(best.map(({ setting, error }) => [setting, fresh(setting, error)]));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Prepares all settings and, where there are several, tries them. */
  async #tryAll() {
    const settings = await this.#settings();
    await this.#prepareAll(settings.filter((/** @type {string} */ setting) => !isLate(setting)));
    if (settings.length === 1) return;
    await this.#trial();
    const [best, second] = this.#ranked();
    const layout = best.setting.split(", ")[1];
    this.lanes = new Map([best, second].map((lane) => [lane.setting, lane]));
    const late = settings.filter((/** @type {string} */ setting) => isLate(setting) && setting.includes(layout));
    await this.#prepareAll(late, true);
    await this.#trial();
  }

  /** Settings and their speeds, best first. */
  async ranking() {
    try {
      await this.#tryAll();
    } catch (error) {
      this.#fail(error);
    }
    return this.#ranked().map(({ setting, samples }) => ({ setting, imagesPerSecond: Math.max(...samples) }));
  }

  /** @param {readonly string[]} settings @param {boolean} [optional] whether others have worked already */
  async #prepareAll(settings, optional = false) {
    const reasons = [];
    for (const setting of settings) {
      try {
        await this.#prepare(setting);
      } catch (error) {
        reasons.push(error instanceof Error ? error.message : String(error));
      }
    }
    if (this.lanes.size === 0 && !optional) throw new Error(reasons[0]);
  }

  /** Two short runs of each setting in turns. */
  async #trial() {
    for (const lane of this.lanes.values()) await this.#run(lane, this.timing.trial / 2);
    for (let pass = 0; pass < 2; pass++) {
      for (const lane of this.lanes.values()) {
        const { speed } = await this.#run(lane, this.timing.trial);
        lane.samples.push(speed);
      }
    }
  }

  /** Settings, best first; each by its best run, which other programs disturbed least. */
  #ranked() {
    const best = (/** @type {Lane} */ lane) => Math.max(...lane.samples);
    return [...this.lanes.values()].sort((a, b) => best(b) - best(a));
  }

  /** @param {unknown} error */
  #fail(error) {
    this.missing = error instanceof Error ? error.message : String(error);
    this.lanes.clear();
  }

  async warmUp() {
    try {
      for (const lane of this.lanes.values()) await this.#run(lane, this.timing.warmUp);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A slice of each setting; those that have had far more than their time by long steps sit out. */
  async round() {
    const { seconds, rounds } = this.timing;
    try {
      for (const lane of this.lanes.values()) {
        if (lane.samples.length >= 2 && lane.seconds > 2 * seconds * rounds) continue;
        const answer = await this.#run(lane, seconds);
        lane.samples.push(answer.speed);
        lane.processor += answer.processor;
        lane.seconds += answer.seconds;
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @returns {Row} */
  row() {
    const { contender } = this.entrant;
    const { spec, batch, mode } = this.cell;
    const about = { net: spec.name, batch, mode, contender: contender.id, peer: contender.peer };
    const row = { ...about, threads: contender.threads };
    const reduced = this.missing === undefined && this.batch !== batch && SLOW_ROWS.get(this.#slowKey);
    if (reduced) return { ...reduced, ...row, measuredBatch: this.batch };
    const measured = [...this.lanes.values()].filter(({ samples }) => samples.length > 0);
    if (measured.length === 0) return { ...row, missing: this.missing ?? "not measured" };
    const { setting, samples, processor, seconds, error } = measured.reduce((best, lane) =>
      median(lane.samples) > median(best.samples) ? lane : best,
    );
    /** @type {Row} */
    const complete = {
      ...row,
      ...(setting !== "default" && { setting }),
      imagesPerSecond: median(samples),
      lower: quantile(samples, 0.25),
      upper: quantile(samples, 0.75),
      rounds: samples.length,
      ...(this.batch !== batch && { measuredBatch: this.batch }),
      error,
      busy: processor / seconds,
    };
    if (contender.slow) {
      SPEEDS.set(`${contender.id} ${spec.name} ${mode}`, median(samples));
      SLOW_ROWS.set(this.#slowKey, complete);
    }
    return complete;
  }

  async release() {
    await this.entrant.process.request({ do: "release" }).catch(() => {});
  }
}

/** @param {string} setting @param {number} error @returns {Lane} */
const fresh = (setting, error) => ({ setting, samples: [], processor: 0, seconds: 0, error });

/**
 * @param {Cell} cell
 * @param {readonly Entrant[]} entrants
 * @param {Subjects} subjects
 * @param {Timing} timing
 * @returns {Promise<Row[]>}
 */
export async function measureCell(cell, entrants, subjects, timing) {
  const runners = entrants.map((entrant) => new Runner(entrant, cell, subjects, timing));
  for (const runner of runners) await runner.prepare(2);
  for (const runner of runners) await runner.warmUp();
  for (let round = 0; round < timing.rounds; round++) {
    // Each round begins with another one.
    const first = round % runners.length;
    for (const runner of [...runners.slice(first), ...runners.slice(0, first)]) await runner.round();
  }
  const rows = runners.map((runner) => runner.row());
  for (const runner of runners) await runner.release();
  return rows;
}

/**
 * Tries all settings of a contender.
 *
 * @param {Cell} cell
 * @param {Entrant} entrant
 * @param {Subjects} subjects
 * @param {Timing} timing
 */
export async function rankSettings(cell, entrant, subjects, timing) {
  const runner = new Runner(entrant, cell, subjects, timing);
  const ranking = await runner.ranking();
  await runner.release();
  return { ranking, missing: runner.missing };
}
