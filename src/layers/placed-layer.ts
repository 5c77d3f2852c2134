import type { ExtraRows } from "../engine/operands/row.ts";
import type { Region, ThreadArea } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { Shape } from "./shape.ts";

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
   * Rows of the kernels of the extra file that it calls, which the engine then loads. Default none: it calls only those that
   * every engine has.
   */
  readonly kernels?: ExtraRows | undefined;
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

/** The weights of a layer that also does the work of the batch normalisation after it. */
export interface FoldedWeights {
  /** Weights in the layout of the layer's own kernel. */
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
