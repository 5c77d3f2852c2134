#!/usr/bin/env node
/**
 * Times convasm and other programs on the same networks in one run, in turns: `node run.js --help`.
 *
 * @module
 */

import { appendFileSync } from "node:fs";
import { keyOf, measureCell, rankSettings } from "./driver/cell.js";
import { contenders } from "./driver/contenders.js";
import { machine } from "./driver/machine.js";
import { COMPARED, KEY_ROWS, LARGE } from "./driver/networks.js";
import { NOTEBOOKS } from "./driver/notebooks.js";
import { readOptions } from "./driver/options.js";
import { ContenderProcess } from "./driver/process.js";
import { Rankings, RESULTS } from "./driver/ranking.js";
import { Subjects } from "./driver/subjects.js";
import { cellTable, ratioOf } from "./driver/table.js";

/** @import { Cell, Entrant, Row } from "./driver/cell.js" */
/** @import { Contender } from "./driver/contenders.js" */

const options = optionsOrEnd();
const { timing } = options;
const rankings = new Rankings();
const subjects = new Subjects();
/** @type {ContenderProcess[]} */
const processes = [];

function optionsOrEnd() {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(2);
  }
}

function end() {
  for (const child of processes) child.stop();
  subjects.remove();
}
process.on("exit", end);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));

/** @param {string} text */
const print = (text) => void process.stdout.write(text);

/** @param {object} line */
function record(line) {
  if (options.json !== undefined) appendFileSync(options.json, `${JSON.stringify(line)}\n`);
}

/** @returns {Cell[]} */
function cells() {
  if (options.numpy) return NOTEBOOKS.map((spec) => ({ spec, batch: spec.batch, mode: "train" }));
  const known = [...COMPARED, ...LARGE];
  if (options.key) {
    return KEY_ROWS.flatMap(([net, batch, mode]) =>
      known.filter(({ name }) => name === net).map((spec) => ({ spec, batch, mode })),
    );
  }
  return known
    .filter(({ name }) => options.nets.includes(name))
    .flatMap((spec) => options.batches.flatMap((batch) => options.modes.map((mode) => ({ spec, batch, mode }))));
}

/** @param {Contender} contender */
function takesPart({ peer }) {
  if (options.tune) return peer === "pytorch";
  if (options.numpy) return peer === "convasm" || peer === "numpy";
  return peer === "convasm" || options.peers.includes(peer);
}

/** Starts a contender and prints its versions, or why it is missing. @param {Contender} contender */
async function start(contender) {
  const child = new ContenderProcess(contender.launch);
  processes.push(child);
  const { id, threads, modes } = contender;
  const name = `${id}, ${threads} thread${threads === 1 ? "" : "s"}, ${modes.join(" and ")}`;
  try {
    const { versions, note } = await child.start();
    const text = Object.entries(versions).map((entry) => entry.join(" "));
    print(`${name}: ${text.join(", ")}${note ? `; ${note}` : ""}\n`);
    record({ contender: id, threads, modes, versions, ...(note && { note }) });
    return { contender, process: child, reason: undefined };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    print(`${name}: missing: ${reason}\n`);
    record({ contender: id, threads, modes, missing: reason });
    return { contender, process: child, reason };
  }
}

/** @param {Contender} contender */
const nameOf = ({ id, threads }) => `${id} ${threads}`;

/** @param {readonly Entrant[]} entrants */
async function tune(entrants) {
  for (const cell of cells()) {
    for (const entrant of entrants.filter(({ contender }) => contender.modes.includes(cell.mode))) {
      const { ranking, missing } = await rankSettings(cell, entrant, subjects, timing);
      if (ranking.length > 0) rankings.keep(nameOf(entrant.contender), keyOf(cell), ranking);
      const [best] = ranking;
      const text =
        best === undefined ? `missing: ${missing}` : `${best.setting} (${Math.round(best.imagesPerSecond)}/s)`;
      print(`${keyOf(cell)}, ${nameOf(entrant.contender)}: ${text}\n`);
    }
  }
}

/** @param {readonly Entrant[]} entrants @param {readonly { contender: Contender, reason: string }[]} absent */
async function measure(entrants, absent) {
  for (const cell of cells()) {
    const present = entrants.filter(({ contender }) => contender.modes.includes(cell.mode));
    const rows = await measureCell(cell, present, subjects, timing);
    for (const { contender, reason } of absent) {
      if (!contender.modes.includes(cell.mode)) continue;
      const { id, peer, threads } = contender;
      const { spec, batch, mode } = cell;
      rows.push({ net: spec.name, batch, mode, contender: id, peer, threads, missing: reason });
    }
    print(`\n${cellTable(rows)}`);
    for (const row of rows) {
      const ratio = row.peer === "convasm" ? Number.NaN : ratioOf(row, rows);
      record({
        ...row,
        ...(Number.isFinite(ratio) && { ratio }),
        ...(options.numpy && { numpy: true }),
        ...(options.key && { key: true }),
      });
    }
  }
}

const about = machine();
const date = new Date().toISOString().slice(0, 10);
print(`${about.cpu}, ${about.cores} cores, ${about.memory}, ${about.system}, Node ${about.node}; ${date}\n\n`);
record({ machine: about, date, timing, quick: options.quick });
const all = contenders({ ...options, cache: `${RESULTS}inductor` })
  .filter(takesPart)
  .filter(({ modes }) => options.numpy || modes.some((mode) => options.modes.includes(mode)));
const started = [];
for (const contender of all) started.push(await start(contender));
const entrants = started
  .filter(({ reason }) => reason === undefined)
  .map(({ contender, process }) => ({
    contender,
    process,
    settings: (/** @type {string} */ key) => rankings.best(nameOf(contender), key),
  }));
const began = performance.now();
if (options.tune) await tune(entrants);
else {
  const absent = started.flatMap(({ contender, reason }) => (reason === undefined ? [] : [{ contender, reason }]));
  await measure(entrants, absent);
}
print(`\n${Math.round((performance.now() - began) / 1000)} s\n`);
process.exit(0);
