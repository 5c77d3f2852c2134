/**
 * jax-js on its WebAssembly backend: a whole training step, optimizer included, in one `jit`. In Node it has one thread, because
 * it makes threads from the web's Worker, which Node has not.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { refuseMobile } from "../driver/program.js";
import { batchJob } from "./subject.js";

/** @import { Node } from "../driver/program.js" */
/** @import { LoadedSubject, Peer } from "./protocol.js" */

/**
 * jax-js counts references: an array is used up where it is passed on, unless by `.ref`. Each weight is used once.
 *
 * @param {readonly Node[]} nodes
 * @param {any} start
 * @param {Record<string, any>} weights
 * @param {{ training: boolean, drop: (x: any, rate: number) => any, statistics: Record<string, any> }} options
 * @returns {any}
 */
function forward(nodes, start, weights, options) {
  let x = start;
  for (const node of nodes) {
    switch (node.op) {
      case "conv": {
        const padding = node.padding.map((side) => /** @type {[number, number]} */ ([side, side]));
        x = lax.convGeneralDilated(x, weights[node.weight], [...node.strides], padding);
        if (node.bias !== null) x = x.add(weights[node.bias].reshape([1, -1, 1, 1]));
        break;
      }
      case "dense":
        x = np.matmul(x, weights[node.weight]);
        if (node.bias !== null) x = x.add(weights[node.bias]);
        break;
      case "relu":
        x = nn.relu(x);
        break;
      case "maxpool": {
        const [h, w] = node.output.map((side, axis) => side * (node.size[axis] ?? 1));
        if (h !== node.input[0] || w !== node.input[1]) x = x.slice([], [], [0, h], [0, w]);
        x = lax.reduceWindow(x, np.max, [...node.size], [...node.size]);
        break;
      }
      case "batchnorm":
        x = normalize(node, x, weights, options);
        break;
      case "flatten":
        x = x.reshape([x.shape[0], -1]);
        break;
      case "globalaverage":
        x = x.mean([2, 3]);
        break;
      case "dropout":
        x = options.drop(x, node.rate);
        break;
      case "residual":
        x = forward(node.body, x.ref, weights, options).add(forward(node.shortcut, x, weights, options));
        break;
    }
  }
  return x;
}

/**
 * @param {import("../driver/program.js").NormNode} node
 * @param {any} x
 * @param {Record<string, any>} weights
 * @param {{ training: boolean, statistics: Record<string, any> }} options
 */
function normalize(node, x, weights, { training, statistics }) {
  const sides = x.shape.length === 4 ? [1, -1, 1, 1] : [1, -1];
  const axes = x.shape.length === 4 ? [0, 2, 3] : [0];
  /** @param {any} values per channel */
  const spread = (values) => values.reshape(sides);
  let mean = weights[node.mean];
  let variance = weights[node.variance];
  if (training) {
    mean = x.ref.mean(axes);
    variance = np.square(x.ref.sub(spread(mean.ref))).mean(axes);
    statistics[node.mean] = mean.ref;
    statistics[node.variance] = variance.ref;
  }
  const factor = weights[node.gamma].div(np.sqrt(variance.add(node.epsilon)));
  return x.sub(spread(mean)).mul(spread(factor)).add(spread(weights[node.beta]));
}

/** @param {any} gradient @param {any} value @param {number} rate */
const sgd = (value, gradient, rate) => value.sub(gradient.mul(rate));

/** @param {string} name */
const isStatistic = (name) => /\/moving(Mean|Variance)$/.test(name);

/** Weights in jax-js' order of axes. @param {LoadedSubject} loaded */
function weightsOf(loaded) {
  /** @type {Record<string, any>} */
  const weights = {};
  for (const { name, shape } of loaded.subject.weights) {
    const { shape: sides, values } = shape.length === 4 ? loaded.filtersChannelsFirst(name) : loaded.weight(name);
    weights[name] = np.array(values, { shape: [...sides] });
  }
  for (const node of loaded.subject.program) {
    if (node.op !== "dense" || node.spatial === null) continue;
    weights[node.weight].dispose();
    weights[node.weight] = np.array(loaded.denseChannelsFirst(node), { shape: [node.inputs, node.units] });
  }
  return weights;
}

/**
 * One training step, to be compiled by `jit`: [weights, moments, images, targets, corrections, noise] to [loss,
 * weights, moments].
 *
 * @param {LoadedSubject} loaded
 */
function trainingStep(loaded) {
  const { program, optimizer } = loaded.subject;
  const { type, learningRate: rate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = optimizer;
  const norms = momentums(program);
  /** @param {any} all @param {any} moments @param {any} x @param {any} y @param {any} corrections @param {any} noise */
  return (all, moments, x, y, corrections, noise = null) => {
    const names = Object.keys(all);
    const pick = (/** @type {boolean} */ statistic) =>
      Object.fromEntries(names.filter((name) => isStatistic(name) === statistic).map((name) => [name, all[name]]));
    const trained = pick(false);
    const running = pick(true);
    const loss = (/** @type {any} */ weights) => {
      /** @type {Record<string, any>} */
      const statistics = {};
      const drop = (/** @type {any} */ a, /** @type {number} */ share) =>
        noise === null ? a : a.mul(noise.ref.greater(share).astype(np.float32)).mul(1 / (1 - share));
      const logits = forward(program, x.ref, weights, { training: true, drop, statistics });
      const value = nn.logSoftmax(logits, -1).mul(y.ref).sum(-1).mean().neg();
      return [value, statistics];
    };
    const [[value, statistics], gradients] = /** @type {any} */ (
      valueAndGrad(/** @type {any} */ (loss), { hasAux: true })(tree.ref(trained))
    );
    for (const array of [x, y, noise]) array?.dispose();
    /** @type {Record<string, any>} */
    const next = {};
    /** @type {Record<string, any>} */
    const nextMoments = {};
    for (const [name, weight] of Object.entries(trained)) {
      const gradient = gradients[name];
      if (type === "sgd") {
        next[name] = sgd(weight, gradient, rate);
        continue;
      }
      const { first, second } = moments[name];
      const m = first.mul(beta1).add(gradient.ref.mul(1 - beta1));
      const v = second.mul(beta2).add(np.square(gradient).mul(1 - beta2));
      const { first: c1, second: c2 } = corrections;
      const root = np.sqrt(v.ref.mul(c2.ref)).add(epsilon);
      next[name] = weight.sub(m.ref.mul(c1.ref).mul(rate).div(root));
      nextMoments[name] = { first: m, second: v };
    }
    for (const [name, array] of Object.entries(running)) {
      const keep = norms.get(name) ?? 0;
      next[name] = array.mul(keep).add(statistics[name].mul(1 - keep));
    }
    tree.dispose(corrections);
    return [value, next, nextMoments];
  };
}

/** Momentum of each running statistic. @param {readonly Node[]} nodes @returns {Map<string, number>} */
function momentums(nodes) {
  /** @type {Map<string, number>} */
  const result = new Map();
  for (const node of nodes) {
    if (node.op === "batchnorm") result.set(node.mean, node.momentum).set(node.variance, node.momentum);
    if (node.op === "residual") {
      for (const [name, value] of momentums([...node.body, ...node.shortcut])) result.set(name, value);
    }
  }
  return result;
}

/** @param {LoadedSubject} loaded @param {{ mode: string, dropout: boolean }} options */
function trainer(loaded, { dropout }) {
  const { batch, optimizer, program } = loaded.subject;
  const { type, beta1 = 0.9, beta2 = 0.999 } = optimizer;
  let weights = weightsOf(loaded);
  /** @type {Record<string, any>} */
  let moments = {};
  if (type !== "sgd") {
    for (const [name, { shape }] of Object.entries(weights)) {
      if (!isStatistic(name)) moments[name] = { first: np.zeros(shape), second: np.zeros(shape) };
    }
  }
  const step = /** @type {any} */ (jit(/** @type {any} */ (trainingStep(loaded))));
  const dropped = program.findIndex(({ op }) => op === "dropout");
  const following = program.slice(dropped).find((node) => node.op === "dense");
  const width = following?.op === "dense" ? following.inputs : 0;
  let t = 0;
  return (/** @type {any} */ x, /** @type {any} */ y) => {
    t++;
    const corrections =
      type === "sgd" ? {} : { first: np.array([1 / (1 - beta1 ** t)]), second: np.array([1 / (1 - beta2 ** t)]) };
    // Drawn by JavaScript, which is faster than its generator.
    const draws = () => np.array(Float32Array.from({ length: batch * width }, Math.random), { shape: [batch, width] });
    const noise = dropout && dropped >= 0 ? draws() : null;
    const [loss, next, nextMoments] =
      noise === null
        ? step(weights, moments, x.ref, y.ref, corrections)
        : step(weights, moments, x.ref, y.ref, corrections, noise);
    weights = next;
    moments = nextMoments;
    return loss.dataSync()[0];
  };
}

/** @returns {Promise<Peer>} */
export async function open() {
  const devices = await init("wasm");
  if (!devices.includes("wasm")) throw new Error("jax-js: no wasm backend");
  defaultDevice("wasm");
  const main = createRequire(import.meta.url).resolve("@jax-js/jax");
  const { version } = JSON.parse(readFileSync(join(dirname(main), "../package.json"), "utf8"));
  return {
    versions: { "jax-js": version, threads: "1" },
    settings: () => ["default"],
    async build(loaded, options) {
      const { program, batch, shape, classes } = loaded.subject;
      refuseMobile(program);
      const [h, w, c] = shape;
      const training = options.mode === "train";
      const train = training ? trainer(loaded, options) : () => 0;
      const weights = training ? {} : weightsOf(loaded);
      const predict = /** @type {any} */ (
        jit((/** @type {any} */ all, /** @type {any} */ x) => {
          const drop = (/** @type {any} */ a) => a;
          return nn.softmax(forward(program, x, all, { training: false, drop, statistics: {} }), -1);
        })
      );
      return batchJob(loaded, options, {
        upload({ pixels, labels }) {
          const targets = new Float32Array(batch * classes);
          labels.forEach((label, i) => {
            targets[i * classes + label] = 1;
          });
          const x = np.array(loaded.channelsFirst(pixels), { shape: [batch, c, h, w] });
          return { x, y: np.array(targets, { shape: [batch, classes] }) };
        },
        train: ({ x, y }) => train(x, y),
        infer: ({ x }) => predict(tree.ref(weights), x.ref).dataSync(),
      });
    },
  };
}
