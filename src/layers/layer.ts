import type { Region, ThreadArea } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import type { PoolGeometry } from "./geometry.ts";
import type { Fans, Initializer } from "./initializers.ts";
import type { LayerConfig } from "./options.ts";
import type { Rectifier } from "./rectifier.ts";

/** Shape of one sample, without the batch: [h, w, c] of an image, [units] of a vector. */
export type Shape = readonly number[];

/** Elements of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** The role of a parameter: kernels decay, biases and normalisation do not unless asked, statistics are not trained. */
export type ParameterRole = "kernel" | "bias" | "normalization" | "statistic";

/** A parameter that a layer asks for. */
export interface ParameterSpec {
  /** Unique within the layer, such as `kernel`. */
  readonly name: string;
  readonly shape: Shape;
  readonly role: ParameterRole;
  readonly initializer: Initializer;
  readonly fans: Fans;
}

/** Regions of a parameter. */
export interface ParameterPlace {
  readonly value: Region;
  /** Undefined for statistics, for frozen parameters, and in a network that is not trained. */
  readonly gradient: Region | undefined;
}

/**
 * The kind of a forward pass, which decides on statistics and dropout. `training`: statistics of the batch, which move
 * the running ones, and dropout. The others have no dropout. `inference`: running statistics. `batchStatistics`: those
 * of the batch, the running ones stay. `calibration`: those of the batch, which replace the running ones.
 */
export type Mode = "training" | "inference" | "batchStatistics" | "calibration";

/** The facts and functions that a layer has when it is placed into a network's memory. */
export interface Site {
  readonly inputs: readonly Shape[];
  readonly output: Shape;
  /** Largest batch. */
  readonly batch: number;
  /** True if the network has gradients. */
  readonly training: boolean;
  /** True if a gradient comes back to the layer, for its parameters or for layers before it. */
  readonly hasBackward: boolean;
  /** True if its parameters, statistics too, keep their values. */
  readonly frozen: boolean;
  /** True if the gradient of any input is wanted. */
  readonly needsInputGradient: boolean;
  /** True for each input whose gradient is wanted. */
  readonly wanted: readonly boolean[];
  /**
   * True if the layers before pass no gradient on to an input of zero, as a ReLU does not, so that it may have any
   * value.
   */
  readonly stopsAtZero: boolean;
  /** The layer's path in the model, such as `residual/conv2d`. */
  readonly path: string;
  parameter(name: string): ParameterPlace;
  /** The place of another layer's parameter. */
  parameterOf(path: string, name: string): ParameterPlace;
  /**
   * Reserves memory of the layer's own, beside inputs, output and their gradients. Its lifetime follows from the calls
   * on the tapes.
   *
   * @param name of the region, after the layer's path
   */
  reserve(name: string, kind: "activations" | "packed" | "scratch", size: number): Region;
  /** Memory in which each thread has at least `elements` to itself for the time of a call; all layers share it. */
  threadScratch(elements: number): ThreadArea;
  /**
   * Four floats that hold a fresh random key at every step (see the dropout kernel).
   *
   * @param draws numbers that each sample draws
   */
  randomKey(draws: number): Region;
}

/** The gradient of a dense kernel with a single sample: heap offsets and sizes. */
export interface DenseGradient {
  readonly kernel: Region;
  readonly gradient: Region;
  readonly x: number;
  readonly dy: number;
  /** Heap offset of dx; 0 if it is not wanted. */
  readonly dx: number;
  readonly inputs: number;
  readonly units: number;
  /** True if dx where x is zero does not matter. */
  readonly stopsAtZero: boolean;
}

/** The two parts of a backward pass: calls over samples, and calls over weights once all samples are done. */
export interface BackwardTapes {
  readonly samples: Tape;
  readonly weights: Tape;
  /**
   * Emits, in place of a gradient, the step that the optimizer makes of it, and the data gradient with it: one pass
   * over the kernel where there would be four. False if it cannot; undefined if gradients are wanted.
   */
  readonly descendDense?: ((gradient: DenseGradient) => boolean) | undefined;
}

/** Places of a layer's inputs and output in a forward pass: heap offsets. */
export interface ForwardPlaces {
  /** Offset of each input. */
  readonly x: readonly number[];
  readonly y: number;
}

/** Places in a backward pass. */
export interface BackwardPlaces extends ForwardPlaces {
  /** Gradient of the output. */
  readonly dy: number;
  /** Offset for the gradient of each input; 0 if it is not wanted. */
  readonly dx: readonly number[];
}

/** A layer with its memory: it writes kernel calls onto tapes. */
export interface PlacedLayer {
  /**
   * Emits the calls that must run after the weights changed and before a forward pass over `n` samples, such as packing
   * them.
   */
  pack?(tape: Tape, mode: Mode, n: number): void;
  /** Emits the calls that must run before a backward pass. */
  packBackward?(tape: Tape, n: number): void;
  /** Emits y = f(x) for `n` samples. */
  forward(tape: Tape, n: number, places: ForwardPlaces, mode: Mode): void;
  /** Emits the gradients, after `forward` in training with the same `n`. */
  backward(tapes: BackwardTapes, n: number, places: BackwardPlaces): void;
}

/** Facts about a layer's surroundings that decide what it can absorb. */
export interface Surroundings {
  /** True if the network has gradients. */
  readonly training: boolean;
  /** True if the gradient of any input is wanted. */
  readonly needsInputGradient: boolean;
}

/** The weights of a layer that also does the work of the batch normalisation after it. */
export interface FoldedWeights {
  /** In the layout of the layer's own kernel. */
  readonly kernel: Region;
  /** Heap offset of the biases; there are some even if the layer has none. */
  readonly bias: number;
  /** Emits the calls that compute both. */
  pack(tape: Tape): void;
}

/**
 * A batch normalisation by running statistics, whose work another layer does by its weights. It brings the code for that, so
 * that networks without any do without it.
 */
export interface Normalization {
  /**
   * Makes a layer's weights.
   *
   * @param site of that layer
   * @param bias of the layer: one for each filter, or for each position and filter
   */
  fold(site: Site, kernel: ParameterPlace, bias: ParameterPlace | undefined): FoldedWeights;
}

/** The part of a layer that its options alone decide. */
export type LayerHeader = Pick<LayerDefinition, "type" | "config">;

/**
 * A layer of a network. Made by `conv2d`, `dense`, `relu` and others. All else that it has belongs to the library: it says shapes and
 * parameters first, then takes its place, then emits kernel calls. Holds no state.
 */
export interface Layer {
  /** The layer's kind in model files, such as `conv2d`. */
  readonly type: string;
  /** The options it was made with, as model files keep them. */
  readonly config: LayerConfig;
  /**
   * The layer's output for the output of others, for networks that are no chain. A layer can be applied once.
   *
   * @param inputs what it works on: a list for layers that merge several
   * @throws TypeError, RangeError naming the layer where shapes or the number of inputs do not fit, or they are none
   * @example
   * const x = input({ shape: [28, 28, 1] });
   * const left = conv2d({ filters: 8, kernelSize: 3, padding: "same" }).apply(x);
   * const right = conv2d({ filters: 8, kernelSize: 5, padding: "same" }).apply(x);
   * const y = concatenate().apply([left, right]);
   */
  apply(inputs: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor;
  /** Least and largest number of inputs. Default one. @internal */
  readonly arity?: readonly [least: number, most: number];
  /** The activation that its `activation` option asks for. @internal */
  readonly activation?: Layer | undefined;
  /** Layers that it stands for. @internal */
  readonly block?: Block;
  /** The ReLU that it is and nothing else, which others can apply. @internal */
  readonly rectifier?: Rectifier | undefined;
  /**
   * Set if the layer gives no gradient to elements whose output is zero: `always`, as a ReLU; or `inherits`, if it only
   * moves, copies or drops elements, and so does what the layer before it does. Default no.
   * @internal
   */
  readonly stopsAtZero?: "always" | "inherits" | undefined;
  /**
   * Set if its output is its only input, which lies in its memory: `always`, or in `inference`, which stands for all
   * modes but training. Default no.
   * @internal
   */
  readonly alias?: "always" | "inference";
  /**
   * The inputs whose gradient is that of the output, so that none is computed: all, or the first. `same`: the layer computes
   * one that is that of all inputs, and is given one place for it.
   * @internal
   */
  readonly passesGradient?: "all" | "first" | "same";
  /**
   * The windows of a max pooling layer, which the layer before it may take over, and the ReLU that it applies.
   * @internal
   */
  maxPool?(input: Shape): { readonly geometry: PoolGeometry; readonly rectifier: Rectifier };
  /** A layer that does this one's work and then that of the next one, where this one can take it over. @internal */
  absorb?(next: LayerDefinition, inputs: readonly Shape[], surroundings: Surroundings): LayerDefinition | undefined;
  /** Of a batch normalisation: its work for other layers to do, given its path. @internal */
  normalization?(path: string): Normalization;
  /**
   * A layer that does this one's work and then a batch normalisation by running statistics, where it can take it over.
   * @internal
   */
  fold?(normalization: Normalization): LayerDefinition | undefined;
  /** A layer that does the work of the one before it and then its own, where it can take it over. @internal */
  absorbBefore?(previous: LayerDefinition): LayerDefinition | undefined;
  /** Output shape for input shapes; throws a RangeError that starts with `who` where they do not fit. @internal */
  outputShape(inputs: readonly Shape[], who: string): Shape;
  /** Parameters for input shapes. @internal */
  parameters(inputs: readonly Shape[]): readonly ParameterSpec[];
  /** Multiply-adds of one sample's forward pass. @internal */
  multiplyAdds(inputs: readonly Shape[]): number;
  /** @internal */
  place(site: Site): PlacedLayer;
}

/** A layer that nothing can be applied to yet. */
export type LayerDefinition = Omit<Layer, "apply">;

/** Layers that another one stands for: two ways from its input, whose ends are added. */
export interface Block {
  /** The layer that adds them. */
  readonly sum: Layer;
  readonly main: readonly Layer[];
  /** Layers of the shortcut; empty if it is the input itself. */
  readonly shortcut: readonly Layer[];
  /** The block, trained itself, with other layers in it. */
  remade(main: readonly Layer[], shortcut: readonly Layer[]): Layer;
}

/** An image or vector that is not computed yet: the input of a model, or a layer's output. */
export interface SymbolicTensor {
  /** Shape without the batch. */
  readonly shape: Shape;
  /** The layer whose output it is, and that layer's inputs; undefined for the input of a model. */
  readonly source: { readonly layer: Layer; readonly inputs: readonly SymbolicTensor[] } | undefined;
}

/** A layer from its definition. */
export function defineLayer(definition: LayerDefinition): Layer {
  const layer: Layer = {
    ...definition,
    apply(inputs) {
      const who = layerTitle(layer);
      const list = readTensors(who, inputs);
      if (layer.config.inputs !== undefined) {
        throw new InputTypeError(who, "its inputs by name or by apply", "both", "contradiction");
      }
      checkArity(layer, list.length, who);
      const shapes = list.map(({ shape }) => shape);
      const output = layer.outputShape(shapes, who);
      const shape = layer.activation?.outputShape([output], who) ?? output;
      return { shape, source: { layer, inputs: list } };
    },
  };
  return layer;
}

/**
 * Tensors, or one, as a list.
 *
 * @throws TypeError that starts with `who` for other values
 */
export function readTensors(who: string, tensors: unknown): readonly SymbolicTensor[] {
  const list: readonly unknown[] = Array.isArray(tensors) ? tensors : [tensors];
  if (list.every(isTensor)) return list;
  const stranger = shown(list.find((item) => !isTensor(item)));
  throw new InputTypeError(who, "what input() or a layer's apply() gives", stranger);
}

function isTensor(value: unknown): value is SymbolicTensor {
  return typeof value === "object" && value !== null && "source" in value;
}

/** True for a layer. */
export function isLayer(value: unknown): value is Layer {
  return typeof value === "object" && value !== null && "outputShape" in value;
}

/** A layer in messages, such as `conv2d "c2"`. */
export function layerTitle({ type, config: { name } }: LayerHeader): string {
  return name === undefined ? type : `${type} "${name}"`;
}

/** Throws a RangeError that starts with `who` unless a layer takes so many inputs. */
export function checkArity({ arity = [1, 1] }: LayerDefinition, count: number, who: string): void {
  const [least, most] = arity;
  if (count >= least && count <= most) return;
  const wanted =
    least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`;
  throw new InputRangeError(who, `${wanted} input${wanted === "1" ? "" : "s"}`, `${count}`);
}

/** The shape as [h, w, c], or a RangeError. */
export function imageShape(input: Shape, who: string): readonly [h: number, w: number, c: number] {
  if (input.length !== 3)
    throw new InputRangeError(who, "an input of [height, width, channels]", `[${input}]`, "shape-mismatch");
  return [input[0], input[1], input[2]];
}
