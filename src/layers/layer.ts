import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import type { PoolGeometry, Sides } from "./geometry.ts";
import type { Fans, Initializer } from "./initializers.ts";
import type { LayerConfig } from "./options.ts";
import type { Normalization, PlacedLayer, Site } from "./placed-layer.ts";
import type { Rectifier } from "./rectifier.ts";
import type { Shape } from "./shape.ts";

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

/** Facts about a layer's surroundings that decide what it can absorb. */
export interface Surroundings {
  /** True if the network has gradients. */
  readonly training: boolean;
  /** True if the gradient of any input is wanted. */
  readonly needsInputGradient: boolean;
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
  /** Set if the layer is a ReLU and nothing else, which the layer before it can apply. @internal */
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
   * The inputs whose gradient is that of the output, so that none is computed: all, or the first. `same`: all inputs have
   * one gradient, which the layer computes once, into one place.
   * @internal
   */
  readonly passesGradient?: "all" | "first" | "same";
  /**
   * The windows of a max pooling layer, which the layer before it may take over, and the ReLU that it applies.
   * @internal
   */
  maxPool?(input: Shape): { readonly geometry: PoolGeometry; readonly rectifier: Rectifier };
  /**
   * Set if it only puts so many rows and columns of zeros around an image, [[top, bottom], [left, right]], for which a layer after
   * it can pad.
   * @internal
   */
  readonly border?: Sides;
  /** A layer that does this one's work and then that of the next one, where this one can take it over. @internal */
  absorb?(next: LayerDefinition, inputs: readonly Shape[], surroundings: Surroundings): LayerDefinition | undefined;
  /** A batch normalisation's work as other layers can do it by their weights; `path` is the normalisation's. @internal */
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
  /** Multiply-adds of one sample's forward pass; 0 where no matrix is multiplied. @internal */
  multiplyAdds(inputs: readonly Shape[]): number;
  /**
   * Gives it memory; what comes back writes its calls onto tapes.
   *
   * @internal
   */
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
  /** Makes a block of the same kind, not frozen itself, around other layers. */
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
  const wrong = shown(list.find((item) => !isTensor(item)));
  throw new InputTypeError(who, "what input() or a layer's apply() gives", wrong);
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
