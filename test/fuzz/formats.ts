/** The formats that are fuzzed: for each some right files, most of them written by the programs that write them in the field. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeIdx } from "../../src/data/idx.ts";
import {
  batchNormalization,
  conv2d,
  createModel,
  dense,
  digits,
  exportModel,
  flatten,
  maxPooling2d,
  relu,
} from "../../src/index.ts";
import { encodePng } from "../data/png-writer.ts";
import { FILES } from "../data/read/files.ts";
import { greyJpeg, progressiveJpeg, turnedJpeg } from "../node/pictures.ts";
import type { Reading } from "./reader.ts";

/** A right file, under a name that its reader takes, with files that belong to it and stay as they are. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly beside?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** A format, how it is read, and what is right of it. */
export interface Format {
  readonly name: string;
  readonly reading: Reading;
  readonly seeds: readonly Seed[];
  /** The format's own library, which is asked about a file: see `libraries.py`. */
  readonly library?: string;
  /** Mutants, where they are not as many as of others. */
  readonly mutants?: number;
}

/** Mutants of each format that other programs' models come in. */
const OF_MODELS = 2000;

function fromDisk(...names: readonly string[]): Seed[] {
  return names.map((name) => ({ name: name.split("/").at(-1) ?? name, bytes: readFileSync(join(FILES, name)) }));
}

const ramp = (length: number, modulo = 256) => Uint8Array.from({ length }, (_, i) => (i * 7) % modulo);

function idxSeeds(pack: (bytes: Uint8Array) => Uint8Array, ending: string): Seed[] {
  const images = pack(encodeIdx([10, 8, 8], ramp(640)));
  const labels = pack(encodeIdx([10], ramp(10, 3)));
  const names = { images: `train-images-idx3-ubyte${ending}`, labels: `train-labels-idx1-ubyte${ending}` };
  return [
    { name: names.images, bytes: images, beside: [{ name: names.labels, bytes: labels }] },
    { name: names.labels, bytes: labels, beside: [{ name: names.images, bytes: images }] },
  ];
}

/** A CIFAR-10 batch: a label and 3,072 pixels for each of six images. */
function cifarBatch(): Uint8Array {
  const bytes = ramp(6 * 3073);
  for (let i = 0; i < 6; i++) bytes[i * 3073] = i % 3;
  return bytes;
}

/** A picture in a class folder, beside a right one of another class. */
function picture(bytes: Uint8Array, ending: string, beside: Uint8Array): Seed {
  return { name: `cat/1.${ending}`, bytes, beside: [{ name: `dog/2.${ending}`, bytes: beside }] };
}

function pngSeeds(): Seed[] {
  const kinds = [
    { depth: 8, colourType: 0 },
    { depth: 8, colourType: 2 },
    { depth: 8, colourType: 6, interlaced: true },
    { depth: 2, colourType: 3, palette: ramp(12) },
    { depth: 16, colourType: 0 },
    { depth: 1, colourType: 0, interlaced: true },
  ];
  return kinds.map(({ palette, ...kind }) => {
    const sample = (x: number, y: number, s: number) => (x * 31 + y * 17 + s * 5) % 2 ** kind.depth;
    const spec = { width: 12, height: 9, ...kind, ...(palette && { palette: [...palette] }), sample };
    const bytes = encodePng(spec);
    return picture(bytes, "png", bytes);
  });
}

/** A model file and a checkpoint of the same small network, which has trained for a step. */
async function modelSeeds(): Promise<{ model: Seed; checkpoint: Seed }> {
  const model = createModel({
    input: { shape: [28, 28, 1], scale: 1 / 255 },
    layers: [
      conv2d({ filters: 2, kernelSize: 5, strides: 3, activation: "relu" }),
      maxPooling2d(),
      flatten(),
      dense({ units: 10 }),
    ],
  });
  await model.compile({ optimizer: "adam", loss: "softmaxCrossEntropy", batchSize: 16, engine: "js" });
  const trainer = model.trainer(digits({ count: 32, seed: 1 }), { epochs: 2 });
  for await (const event of trainer.run()) if (event.event === "step") break;
  const seeds = {
    model: { name: "model.safetensors", bytes: model.save({ seed: 1 }) },
    checkpoint: { name: "checkpoint.safetensors", bytes: model.checkpoint(trainer, { seed: 1 }) },
  };
  model.dispose();
  return seeds;
}

/** The network that a reader of weights has. */
function readingLayers() {
  return [conv2d({ filters: 2, kernelSize: 3 }), batchNormalization(), relu(), flatten(), dense({ units: 3 })];
}

/** That network as PyTorch and Keras have it. */
async function exportedSeeds(): Promise<{ pytorch: Seed; keras: Seed }> {
  const model = createModel({ input: [4, 4, 1], layers: readingLayers() });
  await model.compile({ engine: "js" });
  const [, pytorch] = await exportModel(model, { format: "pytorch" });
  const [keras] = await exportModel(model, { format: "keras" });
  model.dispose();
  return { pytorch, keras };
}

/** Files of other programs' models. */
function imported(folder: string, ...names: readonly string[]): Seed[] {
  return names.map((name) => ({
    name,
    bytes: readFileSync(new URL(`../importing/files/${join(folder, name)}`, import.meta.url)),
  }));
}

/** Models of TensorFlow.js, of which one file is changed and the others are right. */
function tensorflowjsSeeds(): Seed[] {
  return ["layers-uint8", "graph"].flatMap((name) => {
    const [json, data] = imported("tensorflowjs", `${name}.json`, `${name}.1of1.bin`);
    return [
      { ...json, beside: [data] },
      { ...data, beside: [json] },
    ];
  });
}

const NETWORKS = [
  [
    { type: "conv2d", filters: 4, kernelSize: [3, 3], padding: "same", activation: "relu" },
    {
      type: "residual",
      layers: [{ type: "batchNormalization" }, { type: "conv2d", filters: 4, kernelSize: 3, padding: "same" }],
    },
    { type: "maxPooling2d", poolSize: 2 },
    { type: "flatten" },
    { type: "dense", units: 10, name: "head" },
  ],
  [
    { type: "depthwiseConv2d", kernelSize: 3, strides: 2, padding: [1, 1] },
    { type: "leakyRelu", negativeSlope: 0.1 },
    { type: "globalAveragePooling2d" },
    { type: "dropout", rate: 0.5 },
    { type: "dense", units: 3 },
  ],
];

/** All formats. */
export async function formats(): Promise<Format[]> {
  const { model, checkpoint } = await modelSeeds();
  const exported = await exportedSeeds();
  const foreign = (name: string, seeds: Seed[], reading: Reading = "foreign"): Format => {
    return { name, reading, seeds, mutants: OF_MODELS };
  };
  const data = (name: string, seeds: Seed[], library?: string): Format =>
    library === undefined ? { name, reading: "data", seeds } : { name, reading: "data", seeds, library };
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const jpeg = [greyJpeg, progressiveJpeg, turnedJpeg].map((bytes) => picture(bytes, "jpg", bytes));
  const [plain] = fromDisk("plain.csv");
  return [
    data(
      "IDX",
      idxSeeds((bytes) => bytes, ""),
    ),
    data(
      "IDX in gzip",
      idxSeeds((bytes) => gzipSync(bytes), ".gz"),
      "gzip",
    ),
    data("npz", fromDisk("stored.npz", "deflated.npz", "other-names.npz", "zip64.npz"), "npz"),
    data("HDF5", fromDisk("floats.h5", "other-names.h5"), "hdf5"),
    data("CSV", [...fromDisk("plain.csv", "last.csv"), { name: "rows.csv", bytes: plain.bytes }]),
    data("CSV in gzip", fromDisk("floats.csv.gz"), "gzip"),
    data("CIFAR", [{ name: "data_batch_1.bin", bytes: cifarBatch() }]),
    data("CIFAR in ZIP", fromDisk("cifar-100.zip"), "zip"),
    data("CIFAR in tar", fromDisk("cifar-10.tar.gz"), "gzip"),
    data(
      "npy",
      [
        {
          ...fromDisk("values-u1.npy")[0],
          name: "x_train.npy",
          beside: [{ ...fromDisk("labels.npy")[0], name: "y_train.npy" }],
        },
      ],
      "npy",
    ),
    data("PNG", pngSeeds(), "png"),
    data("JPEG", jpeg, "jpeg"),
    { name: "model", reading: "model", seeds: [model], library: "safetensors" },
    { name: "checkpoint", reading: "resume", seeds: [checkpoint], library: "safetensors" },
    foreign("PyTorch", imported("", "zip.pth", "old.pth", "shared-old.pth", "checkpoint.pth"), "weights"),
    foreign("PyTorch in safetensors", [exported.pytorch], "weights"),
    foreign("Keras", imported("keras", "chain.keras", "version-2.keras")),
    foreign("Keras' weights", [exported.keras], "weights"),
    foreign("Keras in HDF5", imported("keras", "version-1-th.h5", "version-2.h5", "graph.h5")),
    foreign("TensorFlow.js", tensorflowjsSeeds()),
    foreign(
      "ONNX",
      ["chain-traced", "squeeze-dynamo", "unet-traced", "shapes-traced", "tf2onnx"].map((name) => ({
        name: `${name}.onnx`,
        bytes: readFileSync(new URL(`../importing/onnx/${name}.onnx`, import.meta.url)),
      })),
    ),
    {
      name: "network",
      reading: "network",
      seeds: NETWORKS.map((layers) => ({ name: "network.json", bytes: text(layers) })),
    },
  ];
}
