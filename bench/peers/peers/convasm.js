/**
 * convasm through its library API: `fitEvents` and `predict`, with all their costs. Raw pixels go in: ordering,
 * gathering and scaling of images are timed here, and done beforehand for the other programs.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import * as convasm from "../../../dist/node/convasm.js";

/** @import { Peer } from "./protocol.js" */

/** Layers and optimizers by their names in JSON. @type {Record<string, (options: any) => any>} */
const MAKERS = {
  adam: convasm.adam,
  batchNormalization: convasm.batchNormalization,
  conv2d: convasm.conv2d,
  dense: convasm.dense,
  depthwiseConv2d: convasm.depthwiseConv2d,
  dropout: convasm.dropout,
  flatten: convasm.flatten,
  globalAveragePooling2d: convasm.globalAveragePooling2d,
  maxPooling2d: convasm.maxPooling2d,
  relu: convasm.relu,
  sgd: convasm.sgd,
};

/** @param {any} config @returns {any} a layer from its JSON */
export function layerOf({ type, layers, shortcut, ...options }) {
  if (type !== "residual") return MAKERS[type](options);
  return convasm.residual(layers.map(layerOf), { ...options, ...(shortcut && { shortcut: shortcut.map(layerOf) }) });
}

/** @param {any} optimizer @returns {any} */
function optimizerOf({ type, ...options }) {
  return MAKERS[type](options);
}

/**
 * A compiled model with the subject's weights.
 *
 * @param {import("./subject.js").LoadedSubject} loaded
 * @param {{ mode: "train" | "infer", dropout: boolean, engine: object }} options
 */
export async function createModel(loaded, { mode, dropout, engine }) {
  const { shape, scale, offset, layers, batch, optimizer, weights } = loaded.subject;
  const kept = dropout ? layers : layers.filter(({ type }) => type !== "dropout");
  const model = convasm.createModel({ input: { shape, scale, offset }, layers: kept.map(layerOf), seed: 1 });
  const training = mode === "train" && { optimizer: optimizerOf(optimizer) };
  await model.compile({ ...training, loss: "softmaxCrossEntropy", batchSize: batch, ...engine });
  for (const { name } of weights) model.setWeight(name, loaded.weight(name).values);
  return model;
}

/**
 * @param {{ engine: string, threads: number | "auto" }} options
 * @returns {Promise<Peer>}
 */
export async function open({ engine, threads }) {
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  const name = convasm.chooseEngine(engine);
  return {
    versions: { convasm: version, engine: name },
    separateCheck: true,
    settings: () => ["default"],
    async build(loaded, { mode, dropout, checked }) {
      const { subject } = loaded;
      const model = await createModel(loaded, { mode, dropout, engine: { engine: name, threads } });
      const close = () => void model.dispose();
      const data = checked ? [loaded.checkedBatch()] : loaded.batches();
      if (mode === "infer") {
        let next = 0;
        return {
          check: async () => Array.from(await model.predict(data[0].bytes)),
          step: () => model.predict(data[next++ % data.length].bytes),
          close,
        };
      }
      const images = checked ? data[0].bytes : loaded.images;
      const labels = checked ? data[0].labels : loaded.labels;
      const { net, shape, classes } = subject;
      const dataset = convasm.createDataset({ name: net, shape, classes, images, labels });
      const events = model.fitEvents(dataset, { epochs: 1e9, shuffle: !checked });
      const step = async () => {
        for (;;) {
          const { value } = await events.next();
          if (value.event === "step") return value.loss;
        }
      };
      const check = async () => {
        const losses = [];
        for (let i = 0; i < subject.checkSteps; i++) losses.push(await step());
        return losses;
      };
      return { check, step, close };
    },
  };
}
