// Writes files/tensorflowjs/* and tensorflowjs.golden.json: small models of TensorFlow.js with its own outputs.
//
//     npm install @tensorflow/tfjs@4.22.0
//     node test/importing/make-tensorflowjs.js FOLDER_OF_NODE_MODULES
//
// Weights are drawn, and `outputs` are those for pixels (37 i mod 101) / 101 of one image. The graph is written by hand, as converters
// write them, and run by TensorFlow.js.

import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const tf = createRequire(join(process.argv[2], "package.json"))("@tensorflow/tfjs");
const FILES = fileURLToPath(new URL("files/tensorflowjs", import.meta.url));
mkdirSync(FILES, { recursive: true });
await tf.setBackend("cpu");
const golden = {};

const pixels = (shape) => {
  const count = shape.reduce((product, extent) => product * extent, 1);
  return tf.tensor(
    Float32Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 101),
    [1, ...shape],
  );
};

let state = 1;
const uniform = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const drawn = (shape, low = -0.5, high = 0.5) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => low + (high - low) * uniform());

/** Arrays as a file, quantised to a type or as they are. */
function packed(arrays, dtype) {
  const parts = [];
  const weights = arrays.map(({ name, shape, values, isWhole = false }) => {
    const spec = { name, shape, dtype: isWhole ? "int32" : "float32" };
    if (isWhole) {
      parts.push(Buffer.from(Int32Array.from(values).buffer));
      return spec;
    }
    if (dtype === undefined) {
      parts.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
      return spec;
    }
    if (dtype === "float16") {
      const halves = Uint16Array.from(values, half);
      parts.push(Buffer.from(halves.buffer));
      return { ...spec, quantization: { dtype, original_dtype: "float32" } };
    }
    const steps = dtype === "uint8" ? 255 : 65535;
    const [min, max] = [Math.min(...values), Math.max(...values)];
    const scale = (max - min) / steps || 1;
    const Kind = dtype === "uint8" ? Uint8Array : Uint16Array;
    parts.push(Buffer.from(Kind.from(values, (value) => Math.round((value - min) / scale)).buffer));
    return { ...spec, quantization: { dtype, scale, min } };
  });
  return { weights, data: Buffer.concat(parts) };
}

/** The nearest number of 16 bits whose low bits are cut off: right for the sizes of weights. */
function half(value) {
  const [bits] = new Uint32Array(Float32Array.of(value).buffer);
  const exponent = ((bits >>> 23) & 255) - 112;
  if (exponent <= 0) return 0;
  return ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}

async function keep(name, topology, format, arrays, load, shape, { dtype, shards = 1, more = {} } = {}) {
  const { weights, data } = packed(arrays, dtype);
  const size = Math.ceil(data.length / shards / 4) * 4;
  const paths = Array.from({ length: shards }, (_, i) => `${name}.${i + 1}of${shards}.bin`);
  paths.forEach((path, i) => {
    writeFileSync(join(FILES, path), data.subarray(i * size, (i + 1) * size));
  });
  const json = { format, generatedBy: "test", modelTopology: topology, weightsManifest: [{ paths, weights }], ...more };
  writeFileSync(join(FILES, `${name}.json`), JSON.stringify(json));
  const weightData = data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
  const model = await load(
    tf.io.fromMemory({ modelTopology: topology, weightSpecs: weights, weightData, format, ...more }),
  );
  const results = [model.predict(pixels(shape))].flat();
  golden[name] = results.map((result) => [...result.dataSync()].map((value) => Number(value.toFixed(6))));
}

async function layers() {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 7, 2],
        filters: 4,
        kernelSize: 3,
        padding: "same",
        activation: "hardSigmoid",
      }),
      tf.layers.batchNormalization(),
      tf.layers.reLU({ maxValue: 6 }),
      tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }),
      tf.layers.separableConv2d({ filters: 5, kernelSize: [3, 2], padding: "same", activation: "elu" }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: "same" }),
      tf.layers.flatten(),
      tf.layers.dropout({ rate: 0.5 }),
      tf.layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  const image = tf.input({ shape: [8, 7, 2] });
  const whole = tf.model({ inputs: image, outputs: tf.layers.dense({ units: 2 }).apply(model.apply(image)) });
  for (const weight of whole.weights) {
    const isPositive = /gamma|variance/.test(weight.name);
    weight.write(tf.tensor(isPositive ? drawn(weight.shape, 0.5, 1.5) : drawn(weight.shape), weight.shape));
  }
  for (const [name, of] of [
    ["layers", model],
    ["nested", whole],
  ]) {
    let artifacts;
    await of.save(
      tf.io.withSaveHandler(async (given) => {
        artifacts = given;
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
      }),
    );
    let at = 0;
    const arrays = artifacts.weightSpecs.map(({ name: own, shape }) => {
      const count = shape.reduce((a, b) => a * b, 1);
      at += 4 * count;
      return { name: own, shape, values: new Float32Array(artifacts.weightData, at - 4 * count, count) };
    });
    const load = (handler) => tf.loadLayersModel(handler);
    const kept = (own, options) => keep(own, artifacts.modelTopology, "layers-model", arrays, load, [8, 7, 2], options);
    await kept(name, { shards: 2 });
    if (name === "nested") continue;
    for (const dtype of ["uint8", "uint16", "float16"]) await kept(`layers-${dtype}`, { dtype });
  }
}

/** A graph as converters write them after folding: fused operations, constants, base 64. */
async function graph() {
  const nodes = [];
  const arrays = [];
  const text = (value) => Buffer.from(value).toString("base64");
  const numbers = (i) => ({ list: { i: i.map(String) } });
  const node = (name, op, input, attr = {}) => {
    nodes.push({ name, op, input, attr: { T: { type: "DT_FLOAT" }, ...attr } });
    return name;
  };
  const constant = (name, shape, values = drawn(shape), dtype = "DT_FLOAT") => {
    node(name, "Const", [], { dtype: { type: dtype } });
    arrays.push({ name, shape, values: Float32Array.from(values), isWhole: dtype === "DT_INT32" });
    return name;
  };
  const window = (strides, padding, more = {}) => ({
    strides: numbers([1, strides, strides, 1]),
    padding: { s: text(padding) },
    data_format: { s: text("NHWC") },
    dilations: numbers([1, 1, 1, 1]),
    ...more,
  });
  const fused = (...ops) => ({ fused_ops: { list: { s: ops.map(text) } }, num_args: { i: "1" }, epsilon: { f: 0 } });
  const dims = [-1, 8, 8, 3].map((size) => ({ size: String(size) }));
  node("x", "Placeholder", [], { shape: { shape: { dim: dims } }, dtype: { type: "DT_FLOAT" } });
  let x = node("scaled", "Mul", ["x", constant("scale", [], [0.5])]);
  x = node("shifted", "Sub", [x, constant("mean", [3], [0.1, 0.2, 0.3])]);
  x = node("padded", "Pad", [x, constant("paddings", [4, 2], [0, 0, 0, 1, 0, 1, 0, 0], "DT_INT32")]);
  x = node("m/conv/Conv2D", "_FusedConv2D", [x, constant("k1", [3, 3, 3, 4]), constant("b1", [4])], {
    ...window(2, "VALID"),
    ...fused("BiasAdd", "Relu6"),
  });
  const branch = node("m/plain/Conv2D", "Conv2D", [x, constant("k2", [1, 1, 4, 4])], window(1, "SAME"));
  const biased = node("m/plain/BiasAdd", "BiasAdd", [branch, constant("b2", [4])]);
  const bn = ["gamma", "beta", "mu", "var"].map((name, i) =>
    constant(name, [4], i % 3 === 0 ? drawn([4], 0.5, 1.5) : drawn([4])),
  );
  let y = node("bn", "FusedBatchNormV3", [biased, ...bn], {
    epsilon: { f: 0.001 },
    is_training: { b: false },
    data_format: { s: text("NHWC") },
  });
  y = node("gate", "Mul", [y, node("sig", "Sigmoid", [y])]);
  y = node("dw", "FusedDepthwiseConv2dNative", [y, constant("k3", [3, 3, 4, 1]), constant("b3", [4])], {
    ...window(1, "SAME"),
    ...fused("BiasAdd", "Relu"),
  });
  x = node("sum", "AddV2", [x, y]);
  x = node("shift", "AddV2", [x, constant("per", [4])]);
  x = node("joined", "ConcatV2", [
    x,
    node("lrelu", "LeakyRelu", [x], { alpha: { f: 0.1 } }),
    constant("axis", [], [3], "DT_INT32"),
  ]);
  const pool = { ksize: numbers([1, 2, 2, 1]) };
  const left = node("max", "MaxPool", [x], window(2, "VALID", pool));
  const mean = node("mean_hw", "Mean", [left, constant("axes", [2], [1, 2], "DT_INT32")], { keep_dims: { b: false } });
  const flat = node("flat", "Reshape", [
    node("avg", "AvgPool", [x], window(2, "SAME", pool)),
    constant("shape", [2], [-1, 32], "DT_INT32"),
  ]);
  const dense = node("dense", "_FusedMatMul", [flat, constant("w1", [32, 8]), constant("b4", [8])], {
    ...fused("BiasAdd", "Elu"),
    transpose_a: { b: false },
    transpose_b: { b: false },
  });
  x = node("both", "AddV2", [mean, dense]);
  x = node("logits", "MatMul", [x, constant("w2", [3, 8])], { transpose_a: { b: false }, transpose_b: { b: true } });
  x = node("prob", "Softmax", [x]);
  node("Identity", "Identity", [x]);
  const signature = { inputs: { x: { name: "x:0" } }, outputs: { y: { name: "Identity:0" } } };
  const topology = { node: nodes, library: {}, versions: {} };
  await keep("graph", topology, "graph-model", arrays, (handler) => tf.loadGraphModel(handler), [8, 8, 3], {
    more: { signature },
  });
}

await layers();
await graph();
const path = fileURLToPath(new URL("tensorflowjs.golden.json", import.meta.url));
writeFileSync(path, `${JSON.stringify({ tensorflowjs: tf.version.tfjs, models: golden })}\n`);
