/**
 * The formats of models, network and weights, by how their files start.
 *
 * @module
 */

import { isHdf5 } from "../data/read/hdf5-file.ts";
import { isZip } from "../data/read/zip.ts";
import { isOnnx } from "../formats/onnx/is-onnx.ts";
import { isPytorch } from "../formats/pytorch/state-dict.ts";
import type { ReadForeignModel, ReadForeignWeights } from "./foreign-model.ts";

/** A format of files that programs keep models in. */
export interface ModelFormat {
  /** Its name with an article, such as `an ONNX model`. */
  readonly name: string;
  matches(bytes: Uint8Array): boolean;
  /** True for a ZIP archive. */
  readonly isArchive?: true;
  /** Loads its reader; none of a format that is only told by name. */
  readonly load?: () => Promise<ReadForeignModel>;
  /** Loads what reads the weights alone, for a network that is given. */
  readonly loadWeights?: () => Promise<ReadForeignWeights>;
}

const FORMATS: readonly ModelFormat[] = [
  {
    name: "an HDF5 file of Keras",
    matches: isHdf5,
    load: async () => (await import("./keras/read-keras.ts")).readKeras,
    loadWeights: async () => (await import("./keras/read-weights.ts")).readKerasWeights,
  },
  {
    name: "a .keras file",
    matches: (bytes) => isZip(bytes) && startsWithEntry(bytes, KERAS_ENTRIES),
    isArchive: true,
    load: async () => (await import("./keras/read-keras.ts")).readKeras,
    loadWeights: async () => (await import("./keras/read-weights.ts")).readKerasWeights,
  },
  {
    name: "a model of TensorFlow.js",
    matches: isTensorflowjs,
    load: async () => (await import("./tensorflowjs/read-tensorflowjs.ts")).readTensorflowjs,
  },
  { name: "a TFLite model", matches: (bytes) => startsWith(bytes, 4, "TFL3") },
  {
    name: "an ONNX model",
    matches: isOnnx,
    load: async () => (await import("./onnx/read-onnx.ts")).readOnnx,
  },
  { name: "an archive of PyTorch before 0.1.10", matches: (bytes) => startsWith(bytes, 257, "ustar") },
];

/** The format of a file, if it is one of these; of files of weights there is none. */
export function modelFormatOf(bytes: Uint8Array): ModelFormat | undefined {
  const format = FORMATS.find(({ matches }) => matches(bytes));
  // Only the archives of Keras are archives, as PyTorch's files are.
  return format?.isArchive || !isPytorch(bytes) ? format : undefined;
}

/** Entries that the archives of Keras begin with. */
const KERAS_ENTRIES = ["metadata.json", "config.json", "model.weights.h5"];

/** True if the first entry of a ZIP archive has one of these names. */
function startsWithEntry(bytes: Uint8Array, names: readonly string[]): boolean {
  return names.some((name) => startsWith(bytes, 30, name));
}

/** True for JSON with a topology; the length at the start of safetensors has zeros in it. */
function isTensorflowjs(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 8));
  if (!/^\uFEFF?\s*\{[\s"]/.test(start) || start.includes("\0")) return false;
  return new TextDecoder().decode(bytes).includes('"modelTopology"');
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  return [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
}
