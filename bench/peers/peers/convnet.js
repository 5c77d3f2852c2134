/**
 * ConvNetJS: plain JavaScript, one sample at a time, in its own numbers (float64 where there are typed arrays).
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { refuseMobile } from "../driver/program.js";
import { batchJob } from "./subject.js";

/** @import { Node } from "../driver/program.js" */
/** @import { Batch, Peer } from "./protocol.js" */

const require = createRequire(import.meta.url);
const convnet = require("convnetjs");

/**
 * ConvNetJS' layer definitions. It adds the layer before a softmax itself.
 *
 * @param {readonly Node[]} program
 * @param {readonly number[]} shape
 * @param {{ classes: number, dropout: boolean }} options
 */
function definitions(program, shape, { classes, dropout }) {
  refuseMobile(program);
  const [h, w, depth] = shape;
  /** @type {any[]} */
  const list = [{ type: "input", out_sx: w, out_sy: h, out_depth: depth }];
  for (const [i, node] of program.entries()) {
    switch (node.op) {
      case "conv":
        list.push({
          type: "conv",
          sx: node.kernel[1],
          sy: node.kernel[0],
          filters: node.output[2],
          stride: node.strides[0],
          pad: node.padding[0],
        });
        break;
      case "dense":
        if (i < program.length - 1) list.push({ type: "fc", num_neurons: node.units });
        break;
      case "relu":
        list.push({ type: "relu" });
        break;
      case "maxpool":
        list.push({ type: "pool", sx: node.size[1], sy: node.size[0], stride: node.size[0] });
        break;
      case "dropout":
        if (dropout) list.push({ type: "dropout", drop_prob: node.rate });
        break;
      case "flatten":
        break;
      case "batchnorm":
        throw new Error("ConvNetJS has no batch normalisation");
      default:
        throw new Error(`ConvNetJS has no ${node.op} layer`);
    }
  }
  return [...list, { type: "softmax", num_classes: classes }];
}

/** @returns {Promise<Peer>} */
export async function open() {
  const { version } = JSON.parse(readFileSync(require.resolve("convnetjs/package.json"), "utf8"));
  return {
    versions: { ConvNetJS: version },
    settings: () => ["default"],
    async build(loaded, options) {
      const { program, shape, classes, batch, optimizer } = loaded.subject;
      if (options.mode === "train" && optimizer.type !== "sgd") throw new Error(`ConvNetJS has no ${optimizer.type}`);
      const net = new convnet.Net();
      net.makeLayers(definitions(program, shape, { classes, dropout: options.dropout }));
      const layers = net.layers.filter(({ layer_type: type }) => type === "conv" || type === "fc");
      const nodes = program.filter((node) => node.op === "conv" || node.op === "dense");
      for (const [i, node] of nodes.entries()) {
        const { filters, biases } = layers[i];
        const { values } = loaded.weight(node.weight);
        const units = filters.length;
        filters.forEach((/** @type {any} */ filter, /** @type {number} */ k) => {
          for (let j = 0; j < filter.w.length; j++) filter.w[j] = values[j * units + k];
        });
        const bias = node.bias === null ? new Float32Array(units) : loaded.weight(node.bias).values;
        for (let k = 0; k < units; k++) biases.w[k] = bias[k];
      }
      const trainer = new convnet.SGDTrainer(net, {
        method: "sgd",
        learning_rate: optimizer.learningRate,
        momentum: 0,
        l2_decay: 0,
        batch_size: batch,
      });
      const [h, w, c] = shape;
      const size = h * w * c;
      return batchJob(loaded, options, {
        upload: ({ pixels, labels }) =>
          Array.from(labels, (label, i) => {
            const x = new convnet.Vol(w, h, c, 0);
            for (let j = 0; j < size; j++) x.w[j] = pixels[i * size + j];
            return { x, label };
          }),
        train(samples) {
          let loss = 0;
          for (const { x, label } of samples) loss += trainer.train(x, label).loss;
          return loss / samples.length;
        },
        infer(samples) {
          const result = new Float32Array(samples.length * classes);
          for (const [i, { x }] of samples.entries()) result.set(net.forward(x, false).w, i * classes);
          return result;
        },
      });
    },
  };
}
