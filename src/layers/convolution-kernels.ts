import type { ExtraRows } from "../engine/operands/row.ts";
import type { Tape } from "../engine/tape.ts";
import type { ConvolutionGeometry } from "./geometry.ts";
import type { Bounds } from "./rectifier.ts";

/** Sizes of a convolution for one input shape. */
export interface ConvolutionDims extends ConvolutionGeometry {
  readonly c: number;
  readonly k: number;
  readonly groups: number;
}

/** Place of a layer's biases. */
export interface Bias {
  /** Heap offset; 0 for none. */
  readonly offset: number;
  /** Elements from one output position's biases to the next; 0 if all positions share them. */
  readonly stride: number;
}

/** The passes of a convolution that a layer runs, for which memory is reserved. */
export interface ConvolutionUses {
  readonly forward: boolean;
  /** The gradient of the input. */
  readonly data: boolean;
  /** The gradient of the weights. */
  readonly weights: boolean;
}

/**
 * The three passes of a convolution on one shape, by kernels that suit it, with the memory for its weights in their order. A
 * transposed convolution runs them in other roles.
 */
export interface ConvolutionKernels {
  /** Rows of the kernels of the extra file that it calls; as in `PlacedLayer`. */
  readonly kernels?: ExtraRows;
  /** Sizes, with padding as these kernels want it: none where they need no copies with a border. */
  readonly d: ConvolutionDims;
  /** Emits the calls that bring the weights into the order of `forward`. */
  packForward(tape: Tape): void;
  /** Emits the calls that bring the weights into the order of `data`. */
  packData(tape: Tape): void;
  /** True if `forward` heeds the upper bound. */
  readonly isBounded: boolean;
  /** Emits y from the padded input x [n, hp, wp, c]. */
  forward(tape: Tape, n: number, x: number, y: number, bias: Bias, bounds: Bounds): void;
  /** Emits dx [n, h, w, c] from dy with columns of zeros at its sides [n, p, wd, k]. */
  data(tape: Tape, n: number, dy: number, dx: number): void;
  /** Emits dw from the padded input and dy [n, p, q, k]. */
  weights(tape: Tape, n: number, x: number, dy: number, dw: number): void;
}

/** Strides and dilation in the order the kernels take them. */
export function steps(d: ConvolutionDims) {
  return [d.strideH, d.strideW, d.dilationH, d.dilationW] as const;
}
