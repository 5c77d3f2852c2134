import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { isLayer, type Layer, readTensors, type SymbolicTensor } from "../layers/layer.ts";
import type { OptionKind } from "../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../options/schema.ts";
import { INPUT, type Input, type InputOptions, type InputTensor, readInput } from "./input.ts";

/** The input of a network as a list. */
const INPUT_KIND: OptionKind<InputOptions | InputOptions["shape"], Input> = {
  field: "value",
  wanted: `[height, width, channels], or an object of ${Object.keys(INPUT).join(", ")}`,
  read: (_who, _key, value) => readInput(value),
};

const LAYERS: OptionKind<readonly Layer[], readonly Layer[]> = {
  field: "layers",
  wanted: "a list of layers such as flatten()",
  read(_who, key, value) {
    if (!Array.isArray(value)) throw new InputTypeError(key, this.wanted, shown(value));
    if (value.every(isLayer)) return value;
    const index = value.findIndex((layer) => !isLayer(layer));
    throw new InputTypeError(`${key}[${index}]`, "a layer such as flatten()", shown(value[index]));
  },
};

/** Names of layers; one alone stands for a list of it. */
const NAMES: OptionKind<string | readonly string[], readonly string[]> = {
  field: "value",
  wanted: "names of layers",
  read(_who, key, value) {
    const names: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isName = (item: unknown) => typeof item === "string";
    if (names.every(isName)) return names;
    throw new InputTypeError(key, this.wanted, shown(names.find((item) => !isName(item))));
  },
};

/** A network as a list of layers. */
export const LIST_FORM = {
  /** Shape of the images, and the scaling of raw pixels. A bare [height, width, channels] means no scaling. */
  input: { kind: INPUT_KIND },
  /** Layers in order: each takes the output of the one before it, or of those that its `inputs` name. */
  layers: { kind: LAYERS },
  /** Names of the layers whose outputs the model gives. Default: the last one. */
  outputs: { kind: NAMES, optional: true },
} as const satisfies OptionSchema;

/** The input of a network in functional form. */
const INPUT_TENSOR: OptionKind<InputTensor | readonly [InputTensor], InputTensor> = {
  field: "value",
  wanted: "one that input() gives",
  read(_who, key, value) {
    const [x, ...others] = readTensors(key, value);
    if (isInputTensor(x) && others.length === 0) return x;
    const several = `${others.length + 1}, as models of several are not supported`;
    throw new InputRangeError(key, this.wanted, others.length > 0 ? several : "a layer's output");
  },
};

const TENSORS: OptionKind<SymbolicTensor | readonly SymbolicTensor[], readonly SymbolicTensor[]> = {
  field: "value",
  wanted: "tensors that layers made of inputs",
  read: (_who, key, value) => readTensors(key, value),
};

/** A network in functional form. */
export const FUNCTIONAL_FORM = {
  /** The input, made by `input`; models of several inputs are not supported. */
  inputs: { kind: INPUT_TENSOR },
  /** One or more outputs: tensors that layers made of `inputs`. */
  outputs: { kind: TENSORS },
} as const satisfies OptionSchema;

/** A network as a list of layers. */
export interface ListOptions extends OptionsOf<typeof LIST_FORM> {
  /** Never given: `inputs` belongs to the functional form. */
  inputs?: never;
}

/** A network in functional form: its input, and outputs made by applying layers. */
export interface FunctionalOptions extends OptionsOf<typeof FUNCTIONAL_FORM> {
  /** Never given: `input` belongs to the form of a list. */
  input?: never;
  /** Never given: `layers` belongs to the form of a list. */
  layers?: never;
}

/** A network in either form, from which a model is made. */
export type ArchitectureOptions = ListOptions | FunctionalOptions;

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
  const { input, layers, inputs }: { readonly [key in keyof ArchitectureOptions]?: unknown } = options;
  if (inputs === undefined) {
    if (input !== undefined) return readOptions("model", LIST_FORM, options);
    throw new InputTypeError("model", "input and layers, or inputs and outputs", "neither", "missing");
  }
  if (input !== undefined || layers !== undefined) {
    throw new InputTypeError("model", "either input and layers, or inputs and outputs", "both", "contradiction");
  }
  const { inputs: x, outputs } = readOptions("model", FUNCTIONAL_FORM, options);
  return { input: x.input, ...x.list(outputs) };
}

function isInputTensor(tensor: SymbolicTensor | undefined): tensor is InputTensor {
  return tensor !== undefined && "list" in tensor;
}
