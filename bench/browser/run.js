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
  --replicas N     instead: N workers that exchange gradients against one, both in pages that are not isolated
  --engine NAME      simd or relaxed (default: relaxed where Node has it)
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
      replicas: text,
      engine: text,
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
  const unknown = nets.find((net) => !NETWORKS.some(({ name }) => name === net));
  if (unknown !== undefined) {
    const names = NETWORKS.map(({ name }) => name).join(", ");
    throw new RangeError(`--net: expected some of ${names}, got "${unknown}"`);
  }
  const engine = values.engine ?? (Number.parseInt(process.versions.node, 10) > 20 ? "relaxed" : "simd");
  if (engine !== "simd" && engine !== "relaxed")
    throw new RangeError(`--engine: expected simd or relaxed, got "${engine}"`);
  const replicas = number("replicas", values.replicas ?? "1");
  return {
    nets,
    engine,
    replicas,
    batches: list(values.batch ?? "128").map((batch) => number("batch", batch)),
    threads: list(replicas > 1 ? "1" : (values.threads ?? "1,2")).map((threads) => number("threads", threads)),
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

const { nets, batches, threads, replicas, engine, seconds, rounds } = optionsOrEnd();

/** Largest difference of mean losses, as a share: a sum of parts, or fused multiply-adds in other places, ... */
const SAME_LOSS = 1e-4;

/** ... and where each replica normalises its part of the batch by that part's statistics. */
const SIMILAR_LOSS = 0.05;

/**
 * Prepares both sides, and checks that they compute the same.
 *
 * @returns {Promise<number>} epochs that fill a slice in the slower of the two
 */
async function prepare(sides, setting) {
  const figures = [];
  for (const { contender, replicas } of sides) {
    await contender.prepare({ ...setting, replicas });
    const { loss } = await contender.slice(CHECKED_EPOCHS);
    figures.push({ loss, sha: await contender.sha256() });
  }
  const [one, other] = figures;
  const isShared = sides.some(({ replicas }) => replicas > 1);
  const limit = (isShared && setting.net === "resnet8" ? SIMILAR_LOSS : SAME_LOSS) * (1 + one.loss);
  const isExact = setting.engine === "simd" && !isShared;
  if (isExact ? one.sha !== other.sha : !(Math.abs(one.loss - other.loss) < limit)) {
    throw new Error(`${setting.net}: expected the same training, got losses of ${one.loss} and ${other.loss}`);
  }
  // A second measurement, since compilers may not have been done before the first.
  const times = [];
  for (const { contender } of sides) times.push((await contender.slice(1)).seconds);
  return Math.max(1, Math.round(seconds / Math.max(...times)));
}

/** Images a second by the clock and by processor time. */
async function rates({ contender }, epochs) {
  const before = contender.processorSeconds();
  const slice = await contender.slice(epochs);
  return { clock: slice.images / slice.seconds, processor: slice.images / (contender.processorSeconds() - before) };
}

async function measure(sides, setting) {
  const epochs = await prepare(sides, setting);
  const found = [[], []];
  for (const side of sides) await rates(side, epochs);
  for (let round = 0; round < rounds; round++) {
    for (const who of round % 2 === 0 ? [0, 1] : [1, 0]) found[who].push(await rates(sides[who], epochs));
  }
  const ratios = (by) => found[1].map((rate, round) => rate[by] / found[0][round][by]);
  const clocks = found.map((all) => all.map(({ clock }) => clock));
  return {
    medians: clocks.map(median),
    ratios: ratios("clock"),
    bestRatio: Math.max(...clocks[1]) / Math.max(...clocks[0]),
    processorRatios: ratios("processor"),
    ...(await page.watch(epochs)),
  };
}

const whole = (value) => Math.round(value).toLocaleString("en");

/** Median ± half the distance of the quartiles, as text. */
const spread = (ratios) =>
  `${median(ratios).toFixed(2)} ± ${((quantile(ratios, 0.75) - quantile(ratios, 0.25)) / 2).toFixed(2)}`;

const base = replicas > 1 ? await ChromiumContender.start({ isolated: false }) : new NodeContender();
const page = await ChromiumContender.start({ isolated: replicas === 1 });
const sides = [
  { contender: base, replicas: 1, name: replicas > 1 ? "one worker" : base.name },
  { contender: page, replicas, name: replicas > 1 ? `${replicas} replicas` : page.name },
];
const [{ name }, { name: other }] = sides;
try {
  process.stdout.write(`Training in ${page.name}, engine ${engine}, ${rounds} rounds: ${other} against ${name}\n\n`);
  process.stdout.write(
    `| net | batch | threads | ${name}, images/s | ${other}, images/s | ratio | ratio of the fastest | ratio by processor time | ` +
      `longest task, ms | frames/s |\n|---|${"---:|".repeat(9)}\n`,
  );
  for (const net of nets) {
    for (const batch of batches) {
      for (const count of threads) {
        const row = await measure(sides, { net, batch, engine, threads: count });
        const cells = [
          net,
          batch,
          count,
          ...row.medians.map(whole),
          spread(row.ratios),
          row.bestRatio.toFixed(2),
          spread(row.processorRatios),
          row.longestTask.toFixed(1),
          row.framesPerSecond.toFixed(0),
        ];
        process.stdout.write(`| ${cells.join(" | ")} |\n`);
      }
    }
  }
} finally {
  await page.close();
  await base.close();
}
