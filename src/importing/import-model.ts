import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import { Architecture } from "../model/architecture.ts";
import type { ArchitectureOptions } from "../model/forms.ts";
import { type OptionsOf, readOptions, type ValuesOf } from "../options/schema.ts";
import { Model } from "../training/model.ts";
import type { ForeignModel } from "./foreign-model.ts";
import { IMPORT_OPTIONS } from "./import-options.ts";
import { type ModelFile, type ModelFiles, openModelFiles } from "./model-files.ts";
import type { WeightFit } from "./weight-fit.ts";

/** Options of `importModel`. */
export interface ImportOptions extends OptionsOf<typeof IMPORT_OPTIONS> {
  /**
   * The network that weights are of: the options of `createModel`, or the architecture of a model. Only for files that hold weights and no
   * network.
   */
  readonly network?: ArchitectureOptions | Architecture | undefined;
}

/** A model of another program, and where its weights came from. */
export interface ImportedModel extends Omit<WeightFit, "values"> {
  /** The compiled model. */
  readonly model: Model;
  /** Lines about what of the file was left out, or is another thing here. */
  readonly notes: readonly string[];
}

/**
 * A compiled model from the file of another program: ONNX (operators of version 7 to 24), a model of Keras, or the weights that PyTorch wrote, a state dict
 * in `.pth` or `.pt` (of any version from 0.1.10 on), or safetensors.
 *
 * ONNX and Keras hold network and weights, and seldom the scaling of pixels: `input` says it. What there is no layer for is an error.
 *
 * The others hold weights and no network: that, and the scaling of its pixels, are given. A layer takes the module that `mapping` names,
 * else the one of its own name (dots for slashes), else the first one left in the file's order whose tensors have its shapes. Orders of
 * axes are turned into ours, also those of a dense layer after a flattened image. Half precision, bfloat16 and float64 become float32.
 * Nothing in a file is run: its unpickler makes tensors and dictionaries, and names for everything else.
 *
 * @param files the model's file: its bytes, a `Blob`, an address, in Node also a path; or a list of it and of the files that it names, which
 * are else looked for beside it
 * @throws TypeError, RangeError if it is no such file, has something that there is none of here, a shape differs, or weights or tensors
 * are left over (see `partial`)
 * @throws FileError in Node, for a path that cannot be read
 * @example
 * const { model } = await importModel("efficientnet.onnx", { input: "imagenet" });
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
export async function importModel(
  files: ModelFile | readonly ModelFile[],
  options: ImportOptions = {},
): Promise<ImportedModel> {
  checkObject("options", options);
  const { network, ...rest } = options;
  if (network !== undefined) checkObject("a network", network);
  const values = readOptions("importModel", IMPORT_OPTIONS, rest);
  const foreign = await readForeignModel(await openModelFiles(files), network, values);
  const { architecture, fit, classNames, compile: { loss, optimizer } = {}, notes = [] } = foreign;
  const { mapping: _m, partial: _p, input: _i, shape: _s, classNames: names, seed, training, ...engine } = values;
  const model = new Model(architecture, seed);
  model.classNames = names ?? classNames;
  await model.compile({
    ...engine,
    ...(loss !== undefined && engine.loss === undefined && { loss }),
    ...(optimizer !== undefined && training && { optimizer }),
  });
  const { values: weights, ...facts } = fit;
  try {
    for (const [weight, data] of weights) model.setWeight(weight, data);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { model, notes, ...facts };
}

function checkObject(what: string, value: unknown): void {
  if (!isRecord(value)) throw new InputTypeError("importModel", `${what} as an object`, shown(value));
}

/** The network and the weights: both of the file, or the file's weights in a network that is given. */
async function readForeignModel(
  files: ModelFiles,
  network: ImportOptions["network"],
  { input: scaling, shape, mapping, partial }: ValuesOf<typeof IMPORT_OPTIONS>,
): Promise<ForeignModel> {
  const { modelFormatOf } = await import("./model-formats.ts");
  const format = modelFormatOf(files.bytes);
  const { load, loadWeights } = format ?? {};
  if (format !== undefined && load === undefined) {
    const wanted = "ONNX, a model of Keras, a state dict of PyTorch, or safetensors";
    throw new InputRangeError(files.who, wanted, format.name, "unsupported-file");
  }
  if (network === undefined) {
    if (load !== undefined) return (await load())(files, { scaling, shape });
    // A file that holds no weights is refused before a network is asked for.
    await (await import("./read-tensors.ts")).readTensors(files);
    const advice = "the option network says it, on the command line --model";
    throw new InputTypeError(files.who, "the network that the weights are of", "none", "missing", { advice });
  }
  if (format !== undefined && loadWeights === undefined) {
    const got = `one, for ${format.name}`;
    throw new InputRangeError(files.who, "no network, as the file holds it", got, "contradiction");
  }
  if (scaling !== undefined || shape !== undefined) {
    const expected = "shape and scaling of the input in the network that is given";
    throw new InputTypeError(files.who, expected, scaling === undefined ? "shape" : "input", "contradiction");
  }
  const architecture = network instanceof Architecture ? network : new Architecture(network);
  const [read, { fitWeights }] = await Promise.all([
    loadWeights?.() ?? import("./read-tensors.ts").then(({ readPytorchWeights }) => readPytorchWeights),
    import("./fit-weights.ts"),
  ]);
  const weights = await read(files, architecture);
  return { architecture, fit: fitWeights(files.who, weights, { mapping, isPartial: partial }) };
}
