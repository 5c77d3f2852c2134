/**
 * Weights of Keras' files for a network that is given: `.weights.h5`, and `.h5` of `save_weights` or of whole models.
 *
 * @module
 */

import { dataFile } from "../../data/read/data-file.ts";
import { isHdf5, withHdf5File } from "../../data/read/hdf5-file.ts";
import { readZip } from "../../data/read/zip.ts";
import { InputRangeError } from "../../errors.ts";
import type { ForeignTensor } from "../../formats/foreign-tensor.ts";
import type { ReadForeignWeights } from "../foreign-model.ts";
import type { ModelFiles } from "../model-files.ts";
import { CONTAINERS } from "./bind.ts";
import { type FileArray, Hdf5Tree } from "./hdf5-tree.ts";
import { kerasLayouts } from "./keras-layout.ts";

/** Deepest nesting of models in models. */
const MAX_DEPTH = 10;

/** Reads the weights of Keras' layers, named `layer/weight`, or `layer/number` in files of version 3. */
export const readKerasWeights: ReadForeignWeights = async (files, { graph }) => {
  const bytes = await arraysOf(files);
  return withHdf5File(files.who, bytes, async (file) => {
    const tree = new Hdf5Tree(files.who, file);
    const isNumbered = CONTAINERS.some((name) => tree.hasGroup(name));
    const { tensors, isOrdered } = isNumbered ? await numbered(tree) : await named(tree);
    return {
      program: "Keras",
      tensors,
      layouts: kerasLayouts(graph, isNumbered),
      isOrdered,
      nameOf: (path: string) => path,
    };
  });
};

/** The HDF5 file itself, or the one in a `.keras` archive. */
async function arraysOf({ who, title, bytes }: ModelFiles): Promise<Uint8Array> {
  if (isHdf5(bytes)) return bytes;
  const entry = (await readZip(dataFile({ name: title, bytes }))).find(({ name }) => name === "model.weights.h5");
  if (entry !== undefined) return entry.bytes();
  throw new InputRangeError(who, "model.weights.h5 in the archive", "none", "damaged-file");
}

interface Weights {
  readonly tensors: readonly ForeignTensor[];
  /** True if the order is that of the layers. */
  readonly isOrdered: boolean;
}

function tensorOf(name: string, { shape, values }: FileArray): ForeignTensor {
  return { name, shape, floats: () => values };
}

/** Names of parameters in version 1, with those of later versions. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  W: "kernel",
  b: "bias",
  running_mean: "moving_mean",
  running_std: "moving_variance",
};

/** Groups that list their arrays, of all versions' `.h5`. */
async function named(tree: Hdf5Tree): Promise<Weights> {
  const root = tree.hasGroup("model_weights") ? "model_weights" : "";
  const layers = tree.texts(root, "layer_names");
  if (layers === undefined) {
    throw new InputRangeError(tree.who, "a file of Keras", "one without layer_names and layers", "unsupported-file");
  }
  const tensors: ForeignTensor[] = [];
  for (const layer of layers) {
    const group = root === "" ? layer : `${root}/${layer}`;
    for (const name of tree.texts(group, "weight_names") ?? []) {
      tensors.push(tensorOf(plainName(layer, name), await tree.array(`${group}/${name}`)));
    }
  }
  return { tensors: tensors.map((tensor) => withKernel(tensor, tensors)), isOrdered: true };
}

/** The name of an array without what versions add: `conv2d/kernel` for `conv2d/kernel:0`, or for `convolution2d_1_W` of version 1. */
function plainName(layer: string, name: string): string {
  const plain = name.replace(/:\d+$/, "");
  if (plain.includes("/")) return plain.split("/").slice(-2).join("/");
  const own = plain.startsWith(`${layer}_`) ? plain.slice(layer.length + 1) : plain;
  return `${layer}/${Object.hasOwn(OLD_NAMES, own) ? OLD_NAMES[own] : own}`;
}

/** A tensor under version 3's name; version 2 calls the kernel of a depthwise convolution `depthwise_kernel`. */
function withKernel(tensor: ForeignTensor, all: readonly ForeignTensor[]): ForeignTensor {
  const [layer, own] = tensor.name.split("/");
  const isSeparable = all.some(({ name }) => name === `${layer}/pointwise_kernel`);
  return own === "depthwise_kernel" && !isSeparable ? { ...tensor, name: `${layer}/kernel` } : tensor;
}

/** Groups by class and number, of version 3. */
async function numbered(tree: Hdf5Tree): Promise<Weights> {
  const tensors: ForeignTensor[] = [];
  let containers = 0;
  const visit = async (path: string, names: readonly string[]): Promise<void> => {
    const container = CONTAINERS.map((name) => path + name).find((group) => tree.hasGroup(group));
    if (container === undefined || names.length > MAX_DEPTH) return;
    containers += 1;
    const groups = [...tree.names(container)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    for (const group of groups) {
      const own = `${container}/${group}`;
      const name = [...names, tree.text(`${own}/vars`, "name") ?? group];
      const numbers = [...tree.names(`${own}/vars`)].sort((a, b) => Number(a) - Number(b));
      const first = withoutAffine(tree.who, own, group, numbers.length);
      for (const [i, number] of numbers.entries()) {
        tensors.push(tensorOf(`${name.join("/")}/${first + i}`, await tree.array(`${own}/vars/${number}`)));
      }
      await visit(`${own}/`, name);
    }
  };
  await visit("", []);
  // A class counts its layers in order, but not among those of models in models.
  return { tensors, isOrdered: containers <= 1 };
}

/** Arrays of a normalisation with scale and shift, by the class in its group's name. */
const NORMALIZATIONS: readonly (readonly [start: string, arrays: number])[] = [
  ["batch_normalization", 4],
  ["layer_normalization", 2],
  ["group_normalization", 2],
];

/** The number of a layer's first array: one without scale and shift has only the statistics behind them. */
function withoutAffine(who: string, path: string, group: string, arrays: number): number {
  const whole = NORMALIZATIONS.find(([start]) => group.startsWith(start))?.[1] ?? arrays;
  if (arrays === 0 || arrays === whole) return 0;
  if (arrays === whole - 2) return 2;
  throw new InputRangeError(who, `scale and shift of ${path}, or neither`, "one, without its name", "unsupported-file");
}
