import { readFileSync } from "node:fs";

/** @import { Row } from "./cell.js" */

/**
 * @typedef {object} Run
 * @property {Record<string, string | number>} machine
 * @property {string} date
 * @property {{ seconds: number, rounds: number }} timing
 * @property {boolean} quick
 * @property {{ contender: string, threads: number, modes: string[], versions?: Record<string, string>, note?: string, missing?: string }[]}
 *   contenders
 * @property {(Row & { ratio?: number, numpy?: boolean, key?: boolean })[]} rows
 */

/**
 * The runs in a file that `run.js --json` wrote.
 *
 * @param {string} path
 * @returns {Run[]}
 */
export function readRuns(path) {
  /** @type {Run[]} */
  const runs = [];
  for (const [i, line] of readFileSync(path, "utf8").split("\n").entries()) {
    if (line === "") continue;
    const record = parse(line, `${path}, line ${i + 1}`);
    if (record.machine !== undefined) {
      runs.push({ ...record, contenders: [], rows: [] });
      continue;
    }
    const run = runs[runs.length - 1];
    if (run === undefined) throw new Error(`${path}: expected a machine in the first line`);
    if (record.net === undefined) run.contenders.push(record);
    else run.rows.push(record);
  }
  return runs;
}

/** @param {string} line @param {string} where */
function parse(line, where) {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`${where}: expected JSON, got ${line.slice(0, 40)}`);
  }
}
