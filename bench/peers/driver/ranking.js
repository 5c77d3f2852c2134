import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Settings within this share of the best are timed too: a trial is short. */
const NEAR = 0.8;

/** Results and caches of this machine, not kept in git. */
export const RESULTS = fileURLToPath(new URL("../results/", import.meta.url));

const FILE = `${RESULTS}pytorch-settings.json`;

/** @typedef {{ setting: string, imagesPerSecond: number }[]} Ranking best first */

/** Settings that `--tune` found, by contender and cell. They are kept across runs. */
export class Rankings {
  /** @type {Record<string, Ranking>} */
  #known = existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : {};

  /** At most two settings to time. @param {string} contender @param {string} cell @returns {string[] | undefined} */
  best(contender, cell) {
    const ranking = this.#known[`${contender} ${cell}`];
    if (ranking === undefined || ranking.length === 0) return undefined;
    const near = ranking.filter(({ imagesPerSecond }) => imagesPerSecond >= NEAR * ranking[0].imagesPerSecond);
    return near.slice(0, 2).map(({ setting }) => setting);
  }

  /** @param {string} contender @param {string} cell @param {Ranking} ranking */
  keep(contender, cell, ranking) {
    this.#known[`${contender} ${cell}`] = ranking;
    mkdirSync(RESULTS, { recursive: true });
    writeFileSync(FILE, `${JSON.stringify(this.#known, null, 1)}\n`);
  }
}
