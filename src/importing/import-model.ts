import type { FileSource } from "../data/file-source.ts";
import { InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import { Architecture } from "../model/architecture.ts";
import type { ArchitectureOptions } from "../model/forms.ts";
import { type OptionsOf, readOptions } from "../options/schema.ts";
import { Model } from "../training/model.ts";
import { IMPORT_OPTIONS } from "./import-options.ts";
import type { WeightFit } from "./weight-fit.ts";

/** Options of `importModel`. */
export interface ImportOptions extends OptionsOf<typeof IMPORT_OPTIONS> {
  /** The network that the weights are of: the options of `createModel`, or the architecture of a model. */
  readonly network: ArchitectureOptions | Architecture;
}

/** A model with weights of another program, and where they came from. */
export interface ImportedModel extends Omit<WeightFit, "values"> {
  /** The compiled model. */
  readonly model: Model;
}

/**
 * A compiled model with the weights of a file that PyTorch wrote: a state dict in `.pth` or `.pt` (of any version from 0.1.10 on), or
 * safetensors.
 *
 * Such a file holds weights and no network: that, and the scaling of its pixels, are given. A layer takes the module that `mapping` names,
 * else the one of its own name (dots for slashes), else the first one left in the file's order whose tensors have its shapes. Orders of
 * axes are turned into ours, also those of a dense layer after a flattened image. Half precision, bfloat16 and float64 become float32.
 * Nothing in a file is run: its unpickler makes tensors and dictionaries, and names for everything else.
 *
 * @param file its bytes, a `Blob`, an address, in Node also a path
 * @throws TypeError, RangeError if it is no such file, a shape differs, or weights or tensors are left over (see `partial`)
 * @throws FileError in Node, for a path that cannot be read
 * @example
 * const { model, pairs } = await importModel("mnist-cnn.pth", {
 *   network: {
 *     input: { shape: [28, 28, 1], mean: 0.1307 * 255, deviation: 0.3081 * 255 },
 *     layers: [
 *       conv2d({ filters: 32, kernelSize: 3, padding: 1, activation: "relu" }), maxPooling2d(),
 *       conv2d({ filters: 64, kernelSize: 3, padding: 1, activation: "relu" }), maxPooling2d(),
 *       flatten(), dense({ units: 128, activation: "relu" }), dense({ units: 10 }),
 *     ],
 *   },
 * });
 * pairs[0]; // { weight: "conv2d/kernel", tensor: "features.0.weight" }
 */
export async function importModel(file: FileSource, options: ImportOptions): Promise<ImportedModel> {
  if (!isRecord(options)) throw new InputTypeError("importModel", "options with a network", shown(options));
  const { network, ...rest } = options;
  if (!isRecord(network)) throw new InputTypeError("importModel", "a network", shown(network), "missing");
  const { mapping, partial, classNames, seed, ...engine } = readOptions("importModel", IMPORT_OPTIONS, rest);
  const architecture = network instanceof Architecture ? network : new Architecture(network);
  const [{ readTensors }, { fitWeights }] = await Promise.all([
    import("./read-tensors.ts"),
    import("./fit-weights.ts"),
  ]);
  const { name, tensors } = await readTensors(file);
  const { values, ...facts } = fitWeights(name, architecture, tensors, { mapping, isPartial: partial });
  const model = new Model(architecture, seed);
  model.classNames = classNames;
  await model.compile(engine);
  try {
    for (const [weight, data] of values) model.setWeight(weight, data);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { model, ...facts };
}
