#!/usr/bin/env node
/**
 * Times training in Chromium and in Node on the same networks in one run, in turns: `node run.js --help`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { NETWORKS } from "../../dist/index.js";
import { median, quantile } from "../peers/driver/statistics.js";
import { ChromiumContender } from "./chromium.js";
import { NodeContender } from "./node.js";

/** @import { Setting } from "./subject.js" */

const USAGE = `Usage: node run.js [options]

Times training in Chromium (a session in a page) and in this Node (a program), in turns. Lists are separated by commas.

  --net LIST       networks (default: keras,torch,lenet5,conv8,resnet8)
  --batch LIST     batch sizes (default: 128)
  --threads LIST   threads (default: 1,2)
  --gear NAME      simd or relaxed (default: relaxed where Node has it)
  --seconds N      a time slice (default: 1)
  --rounds N       slices of each (default: 7)
`;

/** Epochs before the weights are compared. */
const CHECKED_EPOCHS = 1;

const text = { type: /** @type {const} */ ("string") };

function readOptions() {
  const { values } = parseArgs({
    options: {
      net: text,
      batch: text,
      threads: text,
      gear: text,
      seconds: text,
      rounds: text,
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const list = (text) => text.split(",").filter((item) => item !== "");
  const number = (name, text) => {
    if (!(Number(text) > 0)) throw new RangeError(`--${name}: expected a number above 0, got "${text}"`);
    return Number(text);
  };
  const nets = list(values.net ?? "keras,torch,lenet5,conv8,resnet8");
  const stranger = nets.find((net) => !NETWORKS.some(({ name }) => name === net));
  if (stranger !== undefined) {
    const names = NETWORKS.map(({ name }) => name).join(", ");
    throw new RangeError(`--net: expected some of ${names}, got "${stranger}"`);
  }
  const gear = values.gear ?? (Number.parseInt(process.versions.node, 10) > 20 ? "relaxed" : "simd");
  if (gear !== "simd" && gear !== "relaxed") throw new RangeError(`--gear: expected simd or relaxed, got "${gear}"`);
  return {
    nets,
    gear,
    batches: list(values.batch ?? "128").map((batch) => number("batch", batch)),
    threads: list(values.threads ?? "1,2").map((threads) => number("threads", threads)),
    seconds: number("seconds", values.seconds ?? "1"),
    rounds: number("rounds", values.rounds ?? "7"),
  };
}

function optionsOrEnd() {
  try {
    return readOptions();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(2);
  }
}

const { nets, batches, threads, gear, seconds, rounds } = optionsOrEnd();

/**
 * Makes both ready, and proves that they compute the same.
 *
 * @param {Setting} setting
 * @returns {Promise<number>} epochs that fill a slice in the slower of the two
 */
async function prepare(node, page, setting) {
  const figures = [];
  for (const contender of [node, page]) {
    await contender.prepare(setting);
    const { loss } = await contender.slice(CHECKED_EPOCHS);
    figures.push({ loss, sha: await contender.sha256() });
  }
  const [here, there] = figures;
  const sameWeights = here.sha === there.sha;
  // Fused multiply-adds repeat on one machine; whether both hosts have them in the same places is for them to say.
  if (setting.gear === "simd" ? !sameWeights : !(Math.abs(here.loss - there.loss) < 1e-4 * (1 + here.loss))) {
    throw new Error(`${setting.net}: expected the same training, got losses of ${here.loss} and ${there.loss}`);
  }
  // Compilers are through with both by now or soon: a second look.
  const times = [];
  for (const contender of [node, page]) times.push((await contender.slice(1)).seconds);
  return Math.max(1, Math.round(seconds / Math.max(...times)));
}

/** Images a second by the clock and by processor time. */
async function rates(contender, epochs) {
  const before = contender.processorSeconds();
  const slice = await contender.slice(epochs);
  return { clock: slice.images / slice.seconds, processor: slice.images / (contender.processorSeconds() - before) };
}

async function measure(node, page, setting) {
  const epochs = await prepare(node, page, setting);
  await rates(node, epochs);
  await rates(page, epochs);
  const found = { node: [], page: [] };
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? ["node", "page"] : ["page", "node"];
    for (const who of order) found[who].push(await rates(who === "node" ? node : page, epochs));
  }
  const ratios = (by) => found.page.map((rate, round) => rate[by] / found.node[round][by]);
  return {
    node: median(found.node.map(({ clock }) => clock)),
    page: median(found.page.map(({ clock }) => clock)),
    ratios: ratios("clock"),
    processorRatios: ratios("processor"),
    ...(await page.watch(epochs)),
  };
}

const whole = (value) => Math.round(value).toLocaleString("en");

/** Median, and half the distance of the quartiles. */
const spread = (ratios) =>
  `${median(ratios).toFixed(2)} ± ${((quantile(ratios, 0.75) - quantile(ratios, 0.25)) / 2).toFixed(2)}`;

const node = new NodeContender();
const page = await ChromiumContender.start();
try {
  process.stdout.write(`Training, ${page.name} against ${node.name}, gear ${gear}, ${rounds} rounds\n\n`);
  process.stdout.write(
    "| net | batch | threads | Node, images/s | Chromium, images/s | ratio | ratio by processor time | longest task, ms | frames/s |\n" +
      `|---|${"---:|".repeat(8)}\n`,
  );
  for (const net of nets) {
    for (const batch of batches) {
      for (const count of threads) {
        const row = await measure(node, page, { net, batch, gear, threads: count });
        const cells = [
          net,
          batch,
          count,
          whole(row.node),
          whole(row.page),
          spread(row.ratios),
          spread(row.processorRatios),
        ];
        process.stdout.write(
          `| ${[...cells, row.longestTask.toFixed(1), row.framesPerSecond.toFixed(0)].join(" | ")} |\n`,
        );
      }
    }
  }
} finally {
  await page.close();
  await node.close();
}
