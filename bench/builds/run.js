// Speeds of this checkout's build beside another one's, in one process and in turns: see README.md.

import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const NETS = "keras,resnet8,batchnorm,lenet5,strided,conv8,conv10,conv5,torch";
const BLOCK = 12;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    net: { type: "string", default: NETS },
    engine: { type: "string", default: "relaxed" },
    threads: { type: "string", default: "1" },
    seconds: { type: "string", default: "4" },
  },
});
const threads = Number(values.threads);
const milliseconds = 1000 * Number(values.seconds);
if (positionals.length !== 1 || !(threads >= 1) || !(milliseconds > 0)) {
  console.error("node bench/builds/run.js OTHER [--net NAMES] [--engine NAME] [--threads N] [--seconds N]");
  process.exit(2);
}

/** The modules of a checkout's build. */
async function load(root) {
  const get = (name) => import(pathToFileURL(resolve(root, "dist", name)).href);
  (await get("node/wasm.js")).useWasmFiles();
  (await get("node/threads.js")).useNodeThreads();
  // Builds of before the option was called engine.
  const engines = await get("engine/engine-names.js").catch(() => get("engine/gears.js"));
  if (values.engine === "wide") engines.allowWide(true);
  const { createSubject } = await get("bench/network-subject.js");
  const { Network } = await get("model/network.js");
  const { findNetwork } = await get("recipes/index.js");
  const { permutation, RandomStream } = await get("numeric/random.js");
  const { engineOptions } = await get("bench/setting.js");
  return { createSubject, Network, findNetwork, permutation, RandomStream, engineOptions };
}

/** A function that takes one batch after the other, as `convasm bench` does, and the loss of the first. */
async function runner(build, name, batch, mode) {
  const network = build.findNetwork(name);
  if (network === undefined) throw new Error(`expected a network of both builds, got ${name}`);
  const subject = build.createSubject(network, batch);
  const setting = { engine: values.engine, gear: values.engine, threads };
  const one = await build.Network.create(subject.architecture, { ...subject.options, ...build.engineOptions(setting) });
  if (one.engine.threads !== threads) throw new Error(`expected ${threads} threads, got ${one.engine.threads}`);
  const { images, length } = subject.data;
  const order = build.permutation(Math.max(length, batch), build.RandomStream.from(1, "bench order"));
  const indices = order.map((index) => index % length);
  one.stageImages(images, batch, 0, indices);
  one.stageTargets(subject.data, batch, 0, indices);
  one.evaluate(batch, "inference", true);
  const loss = one.results(batch).losses.reduce((sum, value) => sum + value, 0) / batch;
  let begin = 0;
  let step = 0;
  const run = () => {
    one.stageImages(images, batch, begin, indices);
    if (mode === "train") {
      one.stageTargets(subject.data, batch, begin, indices);
      one.trainStep(batch, ++step, 0, false);
    } else {
      one.evaluate(batch, "inference", false);
    }
    begin = begin + 2 * batch > indices.length ? 0 : begin + batch;
  };
  return { run, loss, dispose: () => one.dispose() };
}

/** Milliseconds that a number of runs takes. */
function time(run, count) {
  const start = performance.now();
  for (let i = 0; i < count; i++) run();
  return performance.now() - start;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

async function compare(builds, name, batch, mode) {
  const [other, own] = [await runner(builds[0], name, batch, mode), await runner(builds[1], name, batch, mode)];
  let warm = 0;
  for (const start = performance.now(); performance.now() - start < 150; warm++) {
    other.run();
    own.run();
  }
  const count = Math.max(1, Math.round((2 * BLOCK * warm) / 150));
  const [ratios, theirs, ours] = [[], [], []];
  for (const start = performance.now(); performance.now() - start < milliseconds; ) {
    const isFirst = ratios.length % 2 === 0;
    const early = time(isFirst ? own.run : other.run, count);
    const late = time(isFirst ? other.run : own.run, count);
    const [mine, its] = isFirst ? [early, late] : [late, early];
    ratios.push(its / mine);
    ours.push(mine / count);
    theirs.push(its / count);
  }
  other.dispose();
  own.dispose();
  const off = Math.abs(own.loss / other.loss - 1) > 1e-3 ? `  losses differ: ${other.loss}, ${own.loss}` : "";
  const best = Math.min(...theirs) / Math.min(...ours);
  const figures = [median(ratios).toFixed(3), best.toFixed(3), median(ours).toFixed(3), ratios.length];
  console.log([name.padEnd(10), String(batch).padStart(5), mode.padEnd(5), ...figures].join("  ") + off);
}

const builds = [await load(positionals[0]), await load(fileURLToPath(new URL("../..", import.meta.url)))];
console.log(`${values.engine}, ${threads} threads, Node ${process.versions.node}`);
console.log("network     batch  mode   ratio  best   ms here  pairs");
for (const name of values.net.split(",")) {
  for (const batch of [32, 128]) for (const mode of ["train", "infer"]) await compare(builds, name, batch, mode);
}
process.exit(0);
