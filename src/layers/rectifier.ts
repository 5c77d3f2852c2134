import type { Tape } from "../engine/tape.ts";

/** A ReLU as kernels take it: min(x, upper) where x is positive, slope x where it is not. */
export interface Rectifier {
  /** Largest output; Infinity for no bound. */
  readonly upper: number;
  /** Factor of inputs below zero; 0 for a plain ReLU. */
  readonly slope: number;
}

/** The ReLU that changes nothing. */
export const NO_RELU: Rectifier = { upper: Number.POSITIVE_INFINITY, slope: 1 };

export const PLAIN_RELU: Rectifier = { upper: Number.POSITIVE_INFINITY, slope: 0 };

export function isNone({ upper, slope }: Rectifier): boolean {
  return slope === 1 && upper === Number.POSITIVE_INFINITY;
}

export function isPlain({ upper, slope }: Rectifier): boolean {
  return slope === 0 && upper === Number.POSITIVE_INFINITY;
}

/** The lower bound of outputs for kernels that apply a plain ReLU themselves; `emitRest` emits what else the ReLU does. */
export function lowerOf({ slope }: Rectifier): number {
  return slope === 0 ? 0 : Number.NEGATIVE_INFINITY;
}

/** Bounds of outputs, for kernels that apply them. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/** The bounds of no ReLU. */
export const NO_BOUNDS: Bounds = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };

/** The bounds that do all the work of a ReLU; no bounds for a ReLU with a slope, for which `isClamp` is false. */
export function boundsOf({ upper, slope }: Rectifier): Bounds {
  return slope === 0 ? { lower: 0, upper } : NO_BOUNDS;
}

/** True for a ReLU that kernels with bounds do themselves, as those of 6 are. */
export function isClamp({ slope }: Rectifier): boolean {
  return slope === 0;
}

/** The upper bound of a ReLU that is a clamp, 0 for others, as the gradients of a batch normalisation take it. */
export function clampOf({ upper, slope }: Rectifier): number {
  return slope === 0 ? upper : 0;
}

/** True if a ReLU does more than the lower bound does, so that calls of its own are emitted. */
export function hasRest(rectifier: Rectifier): boolean {
  return !isNone(rectifier) && !isPlain(rectifier);
}

/** Emits a ReLU of `n` samples of `size`; y may be x. */
export function emitRelu(tape: Tape, n: number, x: number, y: number, size: number, { upper, slope }: Rectifier): void {
  tape.add("relu_forward", "sample", n, x, y, size, upper, slope);
}

/** Emits the gradient of a ReLU's input, given its output and that one's gradient. */
export function emitReluGradient(
  tape: Tape,
  n: number,
  { y, dy, dx }: { readonly y: number; readonly dy: number; readonly dx: number },
  size: number,
  { upper, slope }: Rectifier,
): void {
  tape.add("relu_backward", "sample", n, y, dy, dx, size, upper, slope);
}

/** Emits the part of a ReLU that the lower bound leaves, in place, while the numbers are in the cache. */
export function emitRest(tape: Tape, n: number, y: number, size: number, rectifier: Rectifier): void {
  if (hasRest(rectifier)) emitRelu(tape, n, y, y, size, rectifier);
}

/** Marks a layer with such outputs that gives no gradient to elements that are zero. */
export function stopsAtZero({ slope }: Rectifier): { readonly stopsAtZero?: "always" } {
  return slope === 0 ? { stopsAtZero: "always" } : {};
}
