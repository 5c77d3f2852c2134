import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { isLayer, type Layer, readTensors, type SymbolicTensor } from "../layers/layer.ts";
import { type Input, type InputOptions, type InputTensor, readInput } from "./input.ts";

/** A network as a list of layers. */
export interface ListOptions {
  /** Shape of the images, and how raw pixels are scaled. A bare [height, width, channels] means no scaling. */
  input: InputOptions | InputOptions["shape"];
  /** Layers in order: each takes the output of the one before it, or of those that its `inputs` name. */
  layers: readonly Layer[];
  /** Names of the layers whose outputs the model gives. Default: the last one. */
  outputs?: string | readonly string[] | undefined;
  inputs?: never;
}

/** A network in functional form: its input, and outputs made by applying layers. */
export interface FunctionalOptions {
  /** The input, made by `input`; models of several inputs are not supported. */
  inputs: InputTensor | readonly [InputTensor];
  /** One or more outputs: tensors that layers made of `inputs`. */
  outputs: SymbolicTensor | readonly SymbolicTensor[];
  input?: never;
  layers?: never;
}

/** A network in either form, from which a model is made. */
export type ArchitectureOptions = ListOptions | FunctionalOptions;

/** The keys of both forms. */
export const ARCHITECTURE_KEYS = ["input", "layers", "inputs", "outputs"] as const;

/** A network in the form of files, checked but for shapes. */
export interface NetworkForm {
  readonly input: Input;
  readonly layers: readonly Layer[];
  /** Names of the outputs; undefined for that of the last layer. */
  readonly outputs: readonly string[] | undefined;
}

/**
 * Reads a network in either form, as a list.
 *
 * @throws TypeError, RangeError for something else, or both forms at once
 */
export function readForm(options: ArchitectureOptions): NetworkForm {
  const { input, layers, inputs, outputs }: { readonly [key in keyof ArchitectureOptions]?: unknown } = options;
  if (inputs === undefined) {
    return { input: readInput(input), layers: readLayerList(layers), outputs: readOutputNames(outputs) };
  }
  if (input !== undefined || layers !== undefined) {
    throw new InputTypeError("model", "either input and layers, or inputs and outputs", "both", "contradiction");
  }
  const x = readInputTensor(inputs);
  return { input: x.input, ...x.list(outputs) };
}

function readLayerList(layers: unknown): readonly Layer[] {
  if (Array.isArray(layers) && layers.every(isLayer)) return layers;
  const wrong: unknown = Array.isArray(layers) ? layers.find((layer) => !isLayer(layer)) : layers;
  throw new InputTypeError("layers", "a list of layers such as flatten()", shown(wrong));
}

/**
 * Reads names of outputs, from TypeScript or from a file.
 *
 * @throws TypeError if they are not names
 */
export function readOutputNames(outputs: unknown): readonly string[] | undefined {
  if (outputs === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(outputs) ? outputs : [outputs];
  const isName = (item: unknown) => typeof item === "string";
  if (list.every(isName)) return list;
  throw new InputTypeError("outputs", "names of layers", shown(list.find((item) => !isName(item))));
}

function readInputTensor(inputs: unknown): InputTensor {
  const [x, ...others] = readTensors("inputs", inputs);
  if (isInputTensor(x) && others.length === 0) return x;
  const got = others.length > 0 ? `${others.length + 1}, as models of several are not supported` : "a layer's output";
  throw new InputRangeError("inputs", "one that input() gives", got);
}

function isInputTensor(tensor: SymbolicTensor | undefined): tensor is InputTensor {
  return tensor !== undefined && "list" in tensor;
}
