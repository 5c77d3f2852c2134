import { InputRangeError, listed } from "../../errors.ts";
import { kerasParameter } from "../../formats/keras-names.ts";
import type { Json } from "../../json.ts";
import { type Shape, sizeOf } from "../../layers/shape.ts";
import type { Draft, Ref } from "../draft.ts";
import { activationLayers, activationOption, addPlain } from "./activations.ts";
import type { Config } from "./config.ts";
import type { KerasWeight } from "./keras-weight.ts";

/** A layer of Keras in its place. */
export interface Given {
  readonly className: string;
  /** Name of the layer, with the names of the models around it in front. */
  readonly name: string;
  readonly config: Config;
  /** Keras' first number of version. */
  readonly version: number;
  /** True if the weights are of Theano, whose convolutions turn their kernels by 180 degrees. */
  readonly isTurned: boolean;
  readonly inputs: readonly Ref[];
  readonly draft: Draft;
  /** Arrays that the file has for it. */
  readonly weights: KerasWeight[];
}

/** The output of a layer of Keras in the network that is drafted. */
export type Convert = (given: Given) => Ref;

/** Differences of a parameter's array in Keras from the one here. */
interface Other {
  /** Keras' name of the array. */
  readonly name?: string;
  readonly shape?: Shape;
  /** Values in our order. */
  readonly convert?: (values: Float32Array) => Float32Array;
  /** Value of all elements, for a parameter that the file has no array for. */
  readonly fixed?: number;
}

/** Differences of a layer from the one here. */
export interface Differences {
  readonly inputs?: readonly Ref[];
  /** Parameters that differ, by our names. */
  readonly parameters?: Readonly<Record<string, Other>>;
}

/**
 * Adds a layer that takes its weights from the file, frozen where it is so there, and the activation of its configuration.
 *
 * @returns its output
 */
export function addLayer(
  given: Given,
  type: string,
  options: Readonly<Record<string, Json | undefined>>,
  { inputs = given.inputs, parameters: others = {} }: Differences = {},
): Ref {
  const { config, draft, version, weights } = given;
  const hasActivation = config.has("activation");
  const layers = activationLayers(config.who, config.values.activation, version);
  const activation = activationOption(layers);
  const frozen = config.flag("trainable", true) ? {} : { trainable: false };
  const { output, name, parameters } = draft.add(
    type,
    given.name,
    { ...options, ...(hasActivation && activation !== undefined && { activation }), ...(parametersOf(type) && frozen) },
    inputs,
  );
  for (const spec of parameters) {
    const ours = `${name}/${spec.name}`;
    const other = others[spec.name] ?? {};
    if (other.fixed !== undefined) {
      draft.values.set(ours, new Float32Array(sizeOf(spec.shape)).fill(other.fixed));
      continue;
    }
    weights.push({
      name: other.name ?? kerasParameter(spec.name),
      shape: other.shape ?? spec.shape,
      ours,
      trained: spec.role !== "statistic",
      take: (values) => draft.values.set(ours, other.convert?.(values) ?? values),
    });
  }
  return activation === undefined ? addPlain(draft, `${given.name}_activation`, layers, output) : output;
}

/** Types whose layers have parameters, which alone can be frozen. */
const WITH_PARAMETERS = ["conv2d", "conv2dTranspose", "depthwiseConv2d", "separableConv2d", "dense", "prelu"];

function parametersOf(type: string): boolean {
  return WITH_PARAMETERS.includes(type) || type.endsWith("Normalization");
}

/** The single input of a layer. */
export function onlyInput({ inputs, config }: Given): Ref {
  if (inputs.length === 1) return inputs[0];
  throw new InputRangeError(config.who, "one input", `${inputs.length}`, "unsupported-file");
}

/** Kernel [rows, columns, ...] turned by 180 degrees. */
export function turned(values: Float32Array, area: number): Float32Array {
  const size = values.length / area;
  return values.map((_, index) => values[(area - 1 - Math.floor(index / size)) * size + (index % size)]);
}

/** True if a layer works on images with channels first. */
export function isPlanar({ config }: Given): boolean {
  const format = config.text("data_format", "channels_last");
  if (format !== "channels_last" && format !== "channels_first") {
    throw config.wrong("data_format", "channels_last or channels_first");
  }
  return format === "channels_first";
}

/** The input of a layer that works on images, with channels last here whichever its format is. */
export function imageInput(given: Given): Ref {
  const ref = onlyInput(given);
  return isPlanar(given) ? asPlanes(given, ref) : asRows(given, ref);
}

/** A tensor whose numbers stand here in Keras' order: an image with channels first there is turned. */
export function asRows({ draft, name }: Given, ref: Ref): Ref {
  if (!ref.planes) return ref;
  const { output } = draft.add("permute", `${name}_channels_first`, { dims: [3, 1, 2] }, [ref]);
  return { ...output, planes: false };
}

/** An image [c, h, w] of Keras as [h, w, c] here. */
export function asPlanes({ draft, name, config }: Given, ref: Ref): Ref {
  if (ref.planes) return ref;
  const { shape } = ref.tensor;
  if (shape.length !== 3) throw new InputRangeError(config.who, "an image", `[${listed(shape.map(String))}]`);
  const { output } = draft.add("permute", `${name}_channels_last`, { dims: [2, 3, 1] }, [ref]);
  return { ...output, planes: true };
}
