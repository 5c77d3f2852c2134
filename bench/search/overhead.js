// The share of the processor time of a search that is training: many trials of about half a second each, beside each other on all cores, against
// the same trainings one after another in one process without a search around them.
//
//   node bench/search/overhead.js [--data mnist|FOLDER] [--trials 200] [--slots 2] [--epochs 3]
//
// Prints lines of text. Three shares: `busy` is processor time over wall time and cores, which other programs on the machine lower; `useful`
// is the processor time of the bare trainings over that of the whole search, start, data and files included, which they do not; `steady` is that
// without the start: of a search with all trials less one with few.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "mnist" },
    trials: { type: "string", default: "200" },
    slots: { type: "string", default: String(cpus().length) },
    epochs: { type: "string", default: "3" },
    limit: { type: "string", default: "2000" },
    model: { type: "string", default: "conv8" },
  },
});
const [trials, slots, epochs, limit] = ["trials", "slots", "epochs", "limit"].map((name) => Number(values[name]));
const folder = mkdtempSync(join(tmpdir(), "convasm-overhead-"));
const convasm = fileURLToPath(new URL("../../bin/convasm.js", import.meta.url));
const train = { model: values.model, limit, epochs, engine: "simd", validation: 0.2 };

/** Runs a search; returns its wall and processor time in seconds, those of all its processes. */
function search(count, name) {
  const space = join(folder, `${name}.json`);
  writeFileSync(space, JSON.stringify({ space: { lr: { log: [0.01, 0.1] } }, train, trials: count }));
  const words = [
    convasm,
    "search",
    space,
    values.data,
    "--slots",
    String(slots),
    "--out",
    join(folder, name),
    "--quiet",
  ];
  const began = performance.now();
  const line = `"${process.execPath}" ${words.map((word) => `"${word}"`).join(" ")} >/dev/null 2>&1; times`;
  const { stdout } = spawnSync("bash", ["-c", line], { encoding: "utf8" });
  const wall = (performance.now() - began) / 1000;
  const children = stdout.trim().split("\n")[1];
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + 60 * Number(m) + Number(s), 0);
  const rows = readFileSync(join(folder, name, "trials.csv"), "utf8")
    .trim()
    .split("\n")
    .slice(1);
  // A search that failed measures nothing.
  if (rows.length !== count || rows.some((row) => !row.includes(",done,")))
    throw new Error(`${name}: ${rows.length} trials`);
  return { wall, cpu };
}

/** Processor seconds of one bare training, the median of some after others that warm up. */
async function bare(count) {
  const { findNetwork, runRecipe, loadMnist } = await import("../../dist/node/convasm.js");
  const { train: images } = await loadMnist(values.data === "mnist" ? {} : { folder: values.data });
  const recipe = { ...findNetwork(values.model), epochs, split: { limit, validation: 0.2, draw: "order" } };
  const seconds = [];
  for (let i = 0; i < count; i++) {
    const before = process.cpuUsage();
    const { model } = await runRecipe(recipe, { train: images, test: undefined }, { engine: "simd", seed: 0 });
    model.dispose();
    const { user, system } = process.cpuUsage(before);
    seconds.push((user + system) / 1e6);
  }
  return seconds.slice(Math.floor(count / 3)).sort((a, b) => a - b)[Math.floor(count / 3)];
}

const each = await bare(15);
const few = search(slots, "few");
const all = search(trials, "all");
const percent = (share) => `${(100 * share).toFixed(1)} %`;
console.log(
  `${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}; ${values.model}, ${trials} trials, ${slots} beside each other`,
);
console.log(`bare training   ${each.toFixed(3)} s of processor time`);
console.log(
  `search          ${all.wall.toFixed(1)} s, ${all.cpu.toFixed(1)} s of processor time (start: ${few.wall.toFixed(1)} s, ${few.cpu.toFixed(1)} s)`,
);
console.log(`busy            ${percent(all.cpu / all.wall / Math.min(slots, cpus().length))}`);
console.log(`useful          ${percent((trials * each) / all.cpu)}`);
console.log(`steady          ${percent(((trials - slots) * each) / (all.cpu - few.cpu))}`);
rmSync(folder, { recursive: true });
