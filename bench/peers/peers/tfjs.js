/**
 * TensorFlow.js, on its cpu or wasm backend, by the functions of its core, which its layers call. Inference uses its
 * fused convolutions.
 *
 * @module
 */

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { refuseMobile } from "../driver/program.js";
import { batchJob } from "./subject.js";

/** @import { Node } from "../driver/program.js" */
/** @import { LoadedSubject, Peer } from "./protocol.js" */

/** @typedef {Map<string, tf.Variable>} Variables */

/**
 * @param {readonly Node[]} nodes
 * @param {any} x
 * @param {Variables} weights
 * @param {{ training: boolean, dropout: boolean }} options
 * @returns {any}
 */
function forward(nodes, x, weights, options) {
  const { training } = options;
  /** @param {string | null} name @returns {any} */
  const weight = (name) => (name === null ? undefined : weights.get(name));
  let y = x;
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    const activation = nodes[i + 1]?.op === "relu" ? "relu" : "linear";
    switch (node.op) {
      case "conv": {
        const [filter, bias, strides, pad] = [weight(node.weight), weight(node.bias), node.strides, node.padding[0]];
        if (training) {
          y = tf.conv2d(y, filter, strides, pad);
          if (bias) y = tf.add(y, bias);
        } else {
          y = tf.fused.conv2d({ x: y, filter, strides, pad, bias, activation });
          if (activation === "relu") i++;
        }
        break;
      }
      case "dense": {
        const [b, bias] = [weight(node.weight), weight(node.bias)];
        if (training) {
          y = tf.matMul(y, b);
          if (bias) y = tf.add(y, bias);
        } else {
          y = tf.fused.matMul({ a: y, b, bias, activation });
          if (activation === "relu") i++;
        }
        break;
      }
      case "relu":
        y = tf.relu(y);
        break;
      case "maxpool":
        y = tf.maxPool(y, node.size, node.size, "valid");
        break;
      case "batchnorm": {
        const axes = y.shape.slice(1).map((/** @type {number} */ _, /** @type {number} */ axis) => axis);
        const { mean, variance } = training
          ? tf.moments(y, axes)
          : { mean: weight(node.mean), variance: weight(node.variance) };
        if (training) {
          follow(weight(node.mean), mean, node.momentum);
          follow(weight(node.variance), variance, node.momentum);
        }
        y = tf.batchNorm(y, mean, variance, weight(node.beta), weight(node.gamma), node.epsilon);
        break;
      }
      case "flatten":
        y = tf.reshape(y, [y.shape[0], -1]);
        break;
      case "globalaverage":
        y = tf.mean(y, [1, 2]);
        break;
      case "dropout":
        if (options.dropout) y = tf.dropout(y, node.rate);
        break;
      case "residual":
        y = tf.add(forward(node.body, y, weights, options), forward(node.shortcut, y, weights, options));
        break;
    }
  }
  return y;
}

/** Moves a running statistic. @param {tf.Variable} running @param {tf.Tensor} value @param {number} momentum */
function follow(running, value, momentum) {
  running.assign(tf.add(tf.mul(running, momentum), tf.mul(value, 1 - momentum)));
}

/** @param {any} optimizer @returns {tf.Optimizer} */
function optimizerOf({ type, learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }) {
  return type === "sgd" ? tf.train.sgd(learningRate) : tf.train.adam(learningRate, beta1, beta2, epsilon);
}

/** @param {"cpu" | "wasm"} backend */
async function useBackend(backend) {
  if (backend === "wasm") {
    const wasm = await import("@tensorflow/tfjs-backend-wasm");
    const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(join(dirname(main), "/"));
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js: no backend ${backend}`);
  await tf.ready();
  tf.enableProdMode();
}

/**
 * @param {{ backend: "cpu" | "wasm" }} options
 * @returns {Promise<Peer>}
 */
export async function open({ backend }) {
  await useBackend(backend);
  return {
    versions: { "TensorFlow.js": tf.version_core, backend: tf.getBackend() },
    settings: () => ["default"],
    async build(loaded, options) {
      const { program, weights: list, shape, classes, batch, optimizer: config } = loaded.subject;
      refuseMobile(program);
      const training = options.mode === "train";
      const weights = new Map();
      for (const { name, shape: sides } of list) {
        const trained = training && !/\/moving(Mean|Variance)$/.test(name);
        weights.set(name, tf.variable(tf.tensor(loaded.weight(name).values, [...sides]), trained));
      }
      const optimizer = optimizerOf(config);
      return batchJob(loaded, options, {
        upload: ({ pixels, labels }) => ({
          x: tf.tensor4d(pixels, [batch, ...shape]),
          y: tf.oneHot(tf.tensor1d(Array.from(labels), "int32"), classes),
        }),
        train({ x, y }) {
          const loss = optimizer.minimize(
            () => {
              const logits = forward(program, x, weights, { training, dropout: options.dropout });
              return /** @type {tf.Scalar} */ (tf.losses.softmaxCrossEntropy(y, logits));
            },
            true,
            [...weights.values()].filter(({ trainable }) => trainable),
          );
          const [value] = loss?.dataSync() ?? [];
          loss?.dispose();
          return value;
        },
        infer({ x }) {
          const y = tf.tidy(() => tf.softmax(forward(program, x, weights, { training, dropout: false })));
          const values = y.dataSync();
          y.dispose();
          return values;
        },
        close: () => tf.disposeVariables(),
      });
    },
  };
}
