/**
 * Makes a folder with a model file and a checkpoint of a version, and the numbers that they stand for, beside this file:
 *
 *   npm run build && node test/model-files/make-model-files.js
 *   node test/model-files/make-model-files.js --name 0.1.0-first --package ../elsewhere/dist/index.js
 *
 * The name is the package's version unless another one is given. A folder that is there stays as it is: files of a
 * version never change. `--package` names the entry of another build, by which files of earlier states were made.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { runOptions, SHAPE } from "./run-options.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
const { values } = parseArgs({
  options: {
    name: { type: "string", default: version },
    package: { type: "string", default: `${root}/dist/node/convasm.js` },
  },
});
const folder = fileURLToPath(new URL(`${values.name}/`, import.meta.url));
if (existsSync(folder)) {
  console.error(`${folder} is there already, and files of a version stay as they are`);
  process.exit(2);
}
const convasm = await import(pathToFileURL(resolve(values.package)).href);

/** Option that asks for plain JavaScript, as the package calls it. */
const plain = "ENGINES" in convasm ? { engine: "js" } : { gear: "js" };

const CLASSES = 3;

/** Features that the version of the package has or lacks. */
const [hasAveraging, hasMerging, isWhole] = ["ema", "concatenate", "separableConv2d"].map((name) => name in convasm);

/** Pixels that are the same everywhere: a bright band whose place is the class, and a pattern below it. */
function bands(count, seed) {
  const [h, w, c] = SHAPE;
  const images = new Uint8Array(count * h * w * c);
  const labels = Uint8Array.from({ length: count }, (_, i) => (i * 7 + seed) % CLASSES);
  for (let i = 0; i < images.length; i++) {
    const image = Math.floor(i / (h * w * c));
    const row = Math.floor(i / (w * c)) % h;
    const isBright = Math.floor((row * CLASSES) / h) === labels[image];
    images[i] = ((i * 73 + seed * 31 + ((i * i) % 251)) % 160) + (isBright ? 90 : 0);
  }
  return { images, labels };
}

/** The first networks: chains with blocks. */
function chain() {
  const { conv2d, maxPooling2d, batchNormalization, depthwiseConv2d, averagePooling2d, residual } = convasm;
  const { relu, leakyRelu, gelu, tanh, sigmoid, dropout, flatten, dense } = convasm;
  return {
    input: { shape: SHAPE, mean: [120, 100], deviation: [60, 70] },
    layers: [
      conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu" }),
      batchNormalization({ momentum: 0.75 }),
      residual([conv2d({ filters: 4, kernelSize: 3, padding: 1, useBias: false }), batchNormalization(), leakyRelu()]),
      residual(
        [depthwiseConv2d({ kernelSize: 3, padding: 1, strides: 2 }), gelu(), conv2d({ filters: 6, kernelSize: 1 })],
        {
          shortcut: [conv2d({ filters: 6, kernelSize: 1, strides: 2 })],
        },
      ),
      relu(),
      averagePooling2d({ poolSize: 3, strides: 1, padding: 1 }),
      conv2d({ name: "wide", filters: 8, kernelSize: [2, 3], groups: 2 }),
      tanh(),
      maxPooling2d({ poolSize: 2 }),
      dropout({ rate: 0.2 }),
      ...(hasMerging ? merged() : []),
      flatten(),
      dense({ units: 5 }),
      sigmoid(),
      dense({ name: "scores", units: CLASSES }),
    ],
  };
}

/** A network as the first graphs allowed it: branches that meet. */
function merged() {
  const { conv2d, globalAveragePooling2d, add, multiply, average, maximum, subtract, concatenate } = convasm;
  return [
    conv2d({ name: "one", filters: 3, kernelSize: 1 }),
    conv2d({ name: "other", filters: 3, kernelSize: 3, padding: 1, inputs: "maxPooling2d", trainable: false }),
    add({ name: "sum", inputs: ["one", "other"] }),
    subtract({ name: "difference", inputs: ["one", "other"] }),
    globalAveragePooling2d({ name: "factors" }),
    multiply({ name: "product", inputs: ["sum", "factors"] }),
    average({ name: "mean", inputs: ["sum", "product"] }),
    maximum({ name: "largest", inputs: ["mean", "one"] }),
    concatenate({ name: "both", inputs: ["largest", "mean"] }),
  ];
}

/** A graph with what came later: branches, merging, other normalisations and activations, changes of shape, frozen layers. */
function graph() {
  const { conv2d, conv2dTranspose, separableConv2d, depthwiseConv2d, dense, maxPooling2d, upSampling2d } = convasm;
  const { batchNormalization, layerNormalization, groupNormalization, prelu, mish, rescaling, relu } = convasm;
  const { add, multiply, average, concatenate, globalMaxPooling2d, globalAveragePooling2d, zeroPadding2d } = convasm;
  const { cropping2d, permute, reshape, channelShuffle, channelSlice, spatialDropout2d, stochasticDepth } = convasm;
  const { residual, flatten, adaptiveAveragePooling2d } = convasm;
  return {
    input: { shape: SHAPE, mean: [120, 100], deviation: [60, 70] },
    layers: [
      conv2d({ name: "stem", filters: 4, kernelSize: 3, padding: "same", activation: "hardSwish", trainable: false }),
      batchNormalization({ name: "stemNorm" }),
      relu({ name: "bounded", maxValue: 6 }),
      separableConv2d({ name: "left", filters: 6, kernelSize: 3, padding: "same", activation: "silu" }),
      groupNormalization({ name: "leftNorm", groups: 2 }),
      maxPooling2d({ name: "small", poolSize: 2, inputs: "bounded" }),
      conv2dTranspose({ name: "right", filters: 6, kernelSize: 2, strides: 2, activation: "elu" }),
      prelu({ name: "factors", sharedAxes: [1, 2] }),
      add({ name: "sum", inputs: ["leftNorm", "factors"] }),
      layerNormalization({ name: "lines" }),
      globalAveragePooling2d({ name: "squeezed" }),
      dense({ name: "gate", units: 6, activation: "hardSigmoid" }),
      multiply({ name: "gated", inputs: ["lines", "gate"] }),
      upSampling2d({ name: "large", inputs: "small", size: 2, interpolation: "bilinear" }),
      concatenate({ name: "both", inputs: ["gated", "large"] }),
      channelShuffle({ name: "mixed", groups: 2 }),
      channelSlice({ name: "part", start: 1, end: 9 }),
      residual([depthwiseConv2d({ kernelSize: 3, padding: 1 }), mish(), stochasticDepth({ rate: 0.2 })]),
      zeroPadding2d({
        padding: [
          [1, 0],
          [0, 2],
        ],
      }),
      cropping2d({
        cropping: [
          [0, 1],
          [1, 0],
        ],
      }),
      permute({ dims: [2, 1, 3] }),
      spatialDropout2d({ rate: 0.1 }),
      rescaling({ scale: 0.5, offset: 0.1 }),
      adaptiveAveragePooling2d({ name: "pooled", outputSize: [2, 3] }),
      globalMaxPooling2d({ name: "peaks" }),
      average({ name: "means", inputs: ["peaks", "peaks"] }),
      reshape({ name: "whole", targetShape: [2, 3, 8], inputs: "pooled" }),
      flatten({ name: "flat" }),
      concatenate({ name: "all", inputs: ["flat", "means"] }),
      dense({ name: "scores", units: CLASSES }),
    ],
  };
}

function weightsSha256(model) {
  const hash = createHash("sha256");
  for (const name of [...model.weights().keys()].sort()) hash.update(name).update(model.getWeight(name));
  return hash.digest("hex");
}

/** Bytes as text, for a file that people can read besides. */
const base64 = (bytes) => Buffer.from(bytes).toString("base64");

const train = bands(10, 1);
const validation = bands(4, 2);
const dataset = ({ images, labels }) =>
  convasm.createDataset({
    name: "bands",
    shape: SHAPE,
    images,
    labels,
    classes: CLASSES,
    classNames: ["top", "middle", "low"],
  });

/** A model, new but for its seed. */
async function made() {
  const model = convasm.createModel({ ...(isWhole ? graph() : chain()), seed: 7 });
  const optimizer = convasm.adam({ learningRate: 0.01 });
  await model.compile({ ...plain, optimizer, loss: "softmaxCrossEntropy", batchSize: 4 });
  return model;
}

const options = () => runOptions(convasm, dataset(validation), hasAveraging);
const whole = await made();
await whole.fit(dataset(train), options());
const stopped = await made();
const trainer = stopped.trainer(dataset(train), options());
let steps = 0;
for await (const { event } of trainer.run()) if (event === "step" && ++steps === 5) break;
const expected = {
  about: `convasm ${values.name}`,
  hasAveraging,
  train: { images: base64(train.images), labels: [...train.labels] },
  validation: { images: base64(validation.images), labels: [...validation.labels] },
  predictions: [...(await whole.predict(validation.images))],
  weights: weightsSha256(whole),
};
mkdirSync(folder);
writeFileSync(`${folder}model.safetensors`, whole.save());
writeFileSync(`${folder}checkpoint.safetensors`, stopped.checkpoint(trainer, { note: "kept as it is" }));
writeFileSync(`${folder}expected.json`, `${JSON.stringify(expected, null, 1)}\n`);
console.log(`${folder}: ${steps} steps of ${3 * 4} before the checkpoint`);
