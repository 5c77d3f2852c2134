import type { MemoryPlan, Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { PoolGeometry } from "./geometry.ts";
import type { Fans, Initializer } from "./initializers.ts";
import type { LayerConfig } from "./options.ts";

/** Shape of one sample, without the batch: [h, w, c] of an image, [units] of a vector. */
export type Shape = readonly number[];

/** Elements of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/**
 * What a parameter is: kernels decay, biases and normalisation do not unless asked, statistics are not trained.
 */
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

/** Where a parameter lies. */
export interface ParameterPlace {
  readonly value: Region;
  /** None for statistics, and in a network that is not trained. */
  readonly gradient: Region | undefined;
}

/**
 * How a forward pass takes statistics and whether it drops out. `training`: statistics of the batch, which move the running
 * ones, and dropout. The others have no dropout. `inference`: running statistics. `batchStatistics`: those of the batch, the
 * running ones stay. `calibration`: those of the batch, which replace the running ones.
 */
export type Mode = "training" | "inference" | "batchStatistics" | "calibration";

/** What a layer knows when it is placed into a network's memory. */
export interface Site {
  readonly input: Shape;
  readonly output: Shape;
  /** Largest batch. */
  readonly batch: number;
  /** Whether the network has gradients at all. */
  readonly training: boolean;
  /** Whether anything before this layer wants a gradient. */
  readonly needsInputGradient: boolean;
  /** Set only for a layer with `fusesRelu`: it applies the ReLU that follows itself. */
  readonly fuseRelu: boolean;
  /** Set only where the layer's `fusesMaxPool` allows it: it applies the max pooling that follows itself. */
  readonly fuseMaxPool: boolean;
  /** Whether the layers before pass no gradient on to an input of zero, as a ReLU does not, so that it may be anything. */
  readonly stopsAtZero?: boolean;
  readonly plan: MemoryPlan;
  /** Most threads that may run its calls: scratch of a thread's own is reserved this many times. */
  readonly threads: number;
  /** The layer's path in the model, such as `residual/conv2d`; region names start with it. */
  readonly path: string;
  parameter(name: string): ParameterPlace;
  /** Told where a forward pass leaves the output of each layer, those within residual blocks too; then nothing is fused. */
  readonly watch?: (path: string, layer: Layer, output: Shape, offset: number) => void;
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
  /** 0: not wanted. */
  readonly dx: number;
  readonly inputs: number;
  readonly units: number;
  /** Whether dx where x is zero does not matter. */
  readonly stopsAtZero: boolean;
}

/** The two parts of a backward pass: what runs over samples, and what runs over weights once all samples are done. */
export interface BackwardTapes {
  readonly samples: Tape;
  readonly weights: Tape;
  /**
   * Emits, in place of a gradient, the step that the optimizer makes of it, and the data gradient with it: one pass over the
   * kernel where there would be four. False where it can't; undefined where gradients are wanted.
   */
  readonly descendDense?: ((gradient: DenseGradient) => boolean) | undefined;
}

/** A layer with its memory: it writes kernel calls onto tapes. */
export interface PlacedLayer {
  /** What must run after the weights changed and before a pass over `n` samples: packing them, for `training` both ways. */
  prepare?(tape: Tape, mode: Mode, n: number): void;
  /** Emits y = f(x) for `n` samples at heap offset `x`; returns the offset of y. */
  forward(tape: Tape, n: number, x: number, mode: Mode): number;
  /** Emits the gradients, given that of y; returns the offset of dx, 0 where the site needs none. */
  backward(tapes: BackwardTapes, n: number, dy: number): number;
}

/** A layer: shapes and parameters first, then its place, then kernel calls. Holds no state. */
export interface Layer {
  /** The layer's kind in model files, such as `conv2d`. */
  readonly type: string;
  /** The options it was made with, as model files keep them. */
  readonly config: LayerConfig;
  /** Whether it can apply a ReLU that follows while it stores its output. */
  readonly fusesRelu?: boolean;
  /**
   * Whether the layer gives no gradient to where its output is zero: `always`, as a ReLU, or `inherits`, where it only moves
   * or drops elements and so does what the layer before it does. Default no.
   */
  readonly stopsAtZero?: "always" | "inherits";
  /** The windows of a max pooling layer, which the layer before it may take over. */
  maxPool?(input: Shape): PoolGeometry;
  /** Whether it can apply a max pooling that follows while it stores its output, and a ReLU next to that. */
  fusesMaxPool?(input: Shape, pool: PoolGeometry, site: Pick<Site, "training" | "needsInputGradient">): boolean;
  /** The activation that its `activation` option asks for. */
  readonly activation?: Layer | undefined;
  /** Output shape for an input shape; throws a RangeError that starts with `who` where they do not fit. */
  outputShape(input: Shape, who: string): Shape;
  /** Parameters for an input shape. */
  parameters(input: Shape): readonly ParameterSpec[];
  /** Multiply-adds of one sample's forward pass. */
  multiplyAdds(input: Shape): number;
  place(site: Site): PlacedLayer;
}

/** The shape as [h, w, c], or a RangeError. */
export function imageShape(input: Shape, who: string): readonly [h: number, w: number, c: number] {
  if (input.length !== 3)
    throw new RangeError(`${who}: expected an input of [height, width, channels], got [${input}]`);
  return [input[0], input[1], input[2]];
}
