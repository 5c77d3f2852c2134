import { InputRangeError } from "../errors.ts";
import { readLayer } from "../graph/read.ts";
import { takeName } from "../graph/take-name.ts";
import type { Json } from "../json.ts";
import type { ParameterSpec, SymbolicTensor } from "../layers/layer.ts";
import { Architecture } from "../model/architecture.ts";
import { input } from "../model/input.ts";
import type { InputScaling, OpenFacts } from "./foreign-model.ts";
import { throughLayers } from "./through-layers.ts";

/** A tensor of the network that is drafted. */
export interface Ref {
  readonly tensor: SymbolicTensor;
  /** True: it has channels first in the file, [c, h, w], and last here. */
  readonly planes: boolean;
  /** True for the pixels of the model's input, perhaps scaled, that one layer takes and no other. */
  readonly pixels: boolean;
}

/** Names that a layer here cannot have. */
const TAKEN = ["input", "shortcut"];

/** Frozen batch normalisation with an epsilon of 0.001 and a variance of 1 multiplies by its gamma over the root of 1.001. */
const FROZEN_FACTOR = Math.sqrt(1.001);

/** A network that an import builds layer by layer, and the weights that it takes. */
export class Draft {
  /** Lines about what was left out or changed. */
  readonly notes: string[] = [];
  /** Weights by our names. */
  readonly values = new Map<string, Float32Array>();
  readonly #input: ReturnType<typeof input>;
  readonly #names = new Set(TAKEN);
  readonly #shapedFrom = new Map<SymbolicTensor, Ref>();
  /** The file's scaling of pixels, which comes after the caller's. */
  #scale: Float64Array;
  #offset: Float64Array;
  #isScaled = false;

  constructor(shape: readonly [number, number, number]) {
    this.#input = input(shape);
    this.#scale = new Float64Array(shape[2]).fill(1);
    this.#offset = new Float64Array(shape[2]);
  }

  get input(): SymbolicTensor {
    return this.#input;
  }

  note(line: string): void {
    this.notes.push(line);
  }

  /**
   * Adds a layer.
   *
   * @param name as near to it as names can be here, the layer is called so
   * @returns its output, its name, and its parameters
   */
  add(
    type: string,
    name: string,
    options: Readonly<Record<string, Json | undefined>>,
    inputs: readonly Ref[],
  ): { readonly output: Ref; readonly name: string; readonly parameters: readonly ParameterSpec[] } {
    const own = this.#freeName(name);
    const layer = readLayer({ ...options, name: own, type });
    const tensor = layer.apply(inputs.map((ref) => ref.tensor));
    const parameters = layer.parameters(inputs.map((ref) => ref.tensor.shape));
    return { output: { tensor, planes: inputs[0].planes, pixels: false }, name: own, parameters };
  }

  /** A tensor in another shape of the same values; what was shaped back is the tensor of before. */
  reshaped(name: string, ref: Ref, shape: readonly number[]): Ref {
    const before = this.#shapedFrom.get(ref.tensor);
    if (before !== undefined && before.tensor.shape.join() === shape.join()) return before;
    const { output } = this.add("reshape", name, { targetShape: [...shape] }, [ref]);
    this.#shapedFrom.set(output.tensor, ref);
    return output;
  }

  /** A name that no layer has yet, of the characters that names can have. */
  #freeName(name: string): string {
    return takeName(name.replace(/[^\w.-]+/g, ".").replace(/^\.+|\.+$/g, "") || "layer", this.#names);
  }

  /** Scales the pixels further, each channel by its own numbers. */
  scalePixels(scale: ArrayLike<number>, offset: ArrayLike<number>): void {
    const of = (numbers: ArrayLike<number>, channel: number) => numbers[numbers.length === 1 ? 0 : channel];
    this.#offset = this.#offset.map((value, c) => value * of(scale, c) + of(offset, c));
    this.#scale = this.#scale.map((value, c) => value * of(scale, c));
    this.#isScaled = true;
  }

  /**
   * A factor and a summand for each channel, which may be told only when weights are read: of pixels they become the input's scaling, of
   * other tensors a frozen batch normalisation.
   */
  channelScaling(
    name: string,
    ref: Ref,
  ): { readonly output: Ref; set(scale: ArrayLike<number>, offset: ArrayLike<number>): void } {
    if (ref.pixels) return { output: ref, set: (scale, offset) => this.scalePixels(scale, offset) };
    const { output, name: own } = this.add("batchNormalization", name, { trainable: false }, [ref]);
    const channels = ref.tensor.shape.at(-1) ?? 1;
    const spread = (values: ArrayLike<number>, factor: number) =>
      Float32Array.from({ length: channels }, (_, c) => values[values.length === 1 ? 0 : c] * factor);
    return {
      output,
      set: (scale, offset) => {
        this.values.set(`${own}/gamma`, spread(scale, FROZEN_FACTOR));
        this.values.set(`${own}/beta`, spread(offset, 1));
        this.values.set(`${own}/movingMean`, new Float32Array(channels));
        this.values.set(`${own}/movingVariance`, new Float32Array(channels).fill(1));
      },
    };
  }

  /**
   * The network, when all weights are there.
   *
   * @param who stands in messages
   * @throws RangeError if neither the file nor the caller says how pixels are scaled
   */
  architecture(who: string, outputs: readonly SymbolicTensor[], { scaling }: OpenFacts): Architecture {
    if (scaling === undefined && !this.#isScaled) {
      const wanted = "the scaling of pixels that the network was trained with, which the file does not hold";
      throw new InputRangeError(who, wanted, "none", "missing", { advice: "the option input says it" });
    }
    const { shape } = this.#input.input;
    const [scale, offset] = factors(scaling ?? {}, shape[2]);
    const list = this.#input.list(throughLayers(this.#input, outputs));
    return new Architecture({
      input: {
        shape,
        scale: scale.map((value, c) => value * this.#scale[c]),
        offset: offset.map((value, c) => value * this.#scale[c] + this.#offset[c]),
      },
      ...list,
    });
  }
}

/** A scaling as factor and summand of each channel. */
function factors(scaling: InputScaling, channels: number): [scale: number[], offset: number[]] {
  const { scale, offset } = input({ ...scaling, shape: [1, 1, channels] }).input;
  return [[...scale], [...offset]];
}
