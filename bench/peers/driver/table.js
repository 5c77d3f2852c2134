/** @import { Row } from "./cell.js" */

/** @param {number} value three digits that count */
export function figure(value) {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** @param {Row} row */
const isConvasm = ({ peer }) => peer === "convasm";

/**
 * Speed of the best engine of convasm with as many threads, divided by the row's; NaN where one is missing.
 *
 * @param {Row} row
 * @param {readonly Row[]} rows of the same cell
 */
export function ratioOf(row, rows) {
  const same = rows.filter((other) => isConvasm(other) && other.threads === row.threads);
  const best = Math.max(...same.map(({ imagesPerSecond = 0 }) => imagesPerSecond));
  return best > 0 ? best / (row.imagesPerSecond ?? Number.NaN) : Number.NaN;
}

/** Lines of a table for the terminal. @param {readonly Row[]} rows of one cell @returns {string} */
export function cellTable(rows) {
  const { net, batch, mode } = rows[0];
  const lines = [`${net}, batch ${batch}, ${mode === "train" ? "training" : "inference"}`];
  for (const row of rows) {
    const name = `  ${row.contender}, ${row.threads} thread${row.threads === 1 ? "" : "s"}`.padEnd(34);
    if (row.imagesPerSecond === undefined) {
      lines.push(`${name}missing: ${row.missing}`);
      continue;
    }
    const { imagesPerSecond: speed, lower = speed, upper = speed, measuredBatch, setting, busy = 1 } = row;
    const spread = `±${Math.round((50 * (upper - lower)) / speed)} %`;
    const ratio = isConvasm(row) ? "" : `${figure(ratioOf(row, rows))} x`;
    const notes = [
      setting,
      measuredBatch === undefined ? undefined : `measured at batch ${measuredBatch}`,
      busy < 0.9 * Math.min(row.threads, 1) ? `had ${Math.round(100 * busy)} % of a core` : undefined,
    ].filter((note) => note !== undefined);
    const cells = [figure(speed).padStart(10), spread.padStart(7), ratio.padStart(9), `  ${notes.join("; ")}`];
    lines.push(name + cells.join(""));
  }
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
