/**
 * Output sizes, padding and halos of convolutions and pooling windows.
 *
 * Keras and TensorFlow semantics: `valid` has no padding; `same` gives an output of ceil(input / stride) and puts the
 * odd element of padding at the bottom and right; numbers pad both sides alike or each side as said.
 *
 * @module
 */

import { InputRangeError, InputTypeError, TooSmallError } from "../errors.ts";

/** Rows and columns at each side of an image. */
export type Sides = readonly [
  height: readonly [top: number, bottom: number],
  width: readonly [left: number, right: number],
];

/** `valid`, `same`, a number for all sides, [height, width], or [[top, bottom], [left, right]]. */
export type Padding = "valid" | "same" | number | readonly [height: number, width: number] | Sides;

/** The window of a convolution or pooling layer over an input of h rows and w columns. */
export interface WindowOptions {
  /** Name for error messages, such as `conv2d "c2"`. */
  readonly name: string;
  /** Input rows. */
  readonly h: number;
  /** Input columns. */
  readonly w: number;
  /** Rows and columns of the window. */
  readonly kernel: readonly [r: number, s: number];
  /** Rows and columns from one window to the next. */
  readonly strides: readonly [height: number, width: number];
  readonly padding: Padding;
  /** Rows and columns from one tap of the window to the next; 1 is a dense window. Default [1, 1]. */
  readonly dilation?: readonly [height: number, width: number];
}

export interface PoolOptions extends WindowOptions {
  /** Round the output size up, so that windows cut off at the bottom and right count too. Default false. */
  readonly ceil?: boolean;
}

/** Places of a layer's windows. The letters are those of the kernels: input h w, output p q, window r s. */
export interface PoolGeometry {
  readonly h: number;
  readonly w: number;
  readonly p: number;
  readonly q: number;
  readonly r: number;
  readonly s: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly padTop: number;
  readonly padBottom: number;
  readonly padLeft: number;
  readonly padRight: number;
  readonly dilationH: number;
  readonly dilationW: number;
}

export interface ConvolutionGeometry extends PoolGeometry {
  /** Rows and columns of the padded input. */
  readonly hp: number;
  readonly wp: number;
  /** Columns of zeros left of the output gradient in its padded form. */
  readonly haloLeft: number;
  /** Columns of the padded output gradient. */
  readonly wd: number;
}

/** Most rows or columns of padding of a pooling layer, so that the kernels' 32-bit numbers suffice; no padded copy is made. */
const MAX_POOL_PADDING = 2 ** 26;

function whole(name: string, what: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new InputRangeError(name, `${what} to be a whole number of at least ${least}`, `${value}`);
  }
  return value;
}

/**
 * The padding before and after an axis; `side` is 0 for rows, 1 for columns.
 *
 * @param same the padding of both sides together where it is "same"
 */
export function paddingOf(
  { name, padding }: Pick<WindowOptions, "name" | "padding">,
  side: 0 | 1,
  same: number,
): [before: number, after: number] {
  if (padding === "valid") return [0, 0];
  if (padding === "same") return [Math.floor(same / 2), Math.ceil(same / 2)];
  const axis = typeof padding === "number" ? padding : Array.isArray(padding) ? padding[side] : undefined;
  const [before, after] = Array.isArray(axis) ? axis : [axis, axis];
  if (typeof before !== "number" || typeof after !== "number") {
    throw new InputTypeError(
      name,
      'padding "valid", "same", a number, [height, width] or [[top, bottom], [left, right]]',
      JSON.stringify(padding),
    );
  }
  return [whole(name, "padding", before, 0), whole(name, "padding", after, 0)];
}

interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Input elements from the first to the last a window covers. */
  readonly extent: number;
  readonly before: number;
  readonly after: number;
}

/** @param ceil true: the only window may begin inside the padded input and be cut off, if the next one would begin behind it */
function axis(options: WindowOptions, side: 0 | 1, ceil = false): Axis {
  const { name } = options;
  const letters = side === 0 ? "height" : "width";
  const size = whole(name, `input ${letters}`, side === 0 ? options.h : options.w, 1);
  const kernel = whole(name, `kernel ${letters}`, options.kernel[side], 1);
  const stride = whole(name, `stride ${letters}`, options.strides[side], 1);
  const dilation = whole(name, `dilation ${letters}`, options.dilation?.[side] ?? 1, 1);
  const extent = (kernel - 1) * dilation + 1;
  const same = Math.max((Math.ceil(size / stride) - 1) * stride + extent - size, 0);
  const [before, after] = paddingOf(options, side, same);
  const missing = extent - (before + size + after);
  if (missing > 0 && !(ceil && missing < stride)) {
    throw new TooSmallError(
      name,
      `a kernel ${letters} of at most ${before + size + after} (input ${size} and padding ${before} + ${after})`,
      `${extent}${dilation > 1 ? ` (${kernel}, dilated by ${dilation})` : ""}`,
    );
  }
  // A stride beyond the input never takes a second step, and a single tap has no distance to another: the same windows in
  // numbers that the kernels can hold, and loop over.
  const reach = Math.min(stride, before + size + after);
  return { size, kernel, stride: reach, dilation: kernel === 1 ? 1 : dilation, extent, before, after };
}

/** Outputs along an axis, rounding down. */
function outputs({ size, stride, extent, before, after }: Axis): number {
  return Math.floor((before + size + after - extent) / stride) + 1;
}

/** The halo along a row: zeros before the output gradient, and its length with zeros before and after. */
function halo({ size, kernel, stride, dilation, before }: Axis, count: number): [before: number, length: number] {
  const first = Math.max(0, Math.ceil(((kernel - 1) * dilation - before) / stride));
  return [first, first + Math.max(count, Math.floor((before + size - 1) / stride) + 1)];
}

/**
 * The geometry of a convolution.
 *
 * @throws RangeError if a number is not whole or too small, or the (dilated) kernel is larger than the padded input
 * @throws TypeError if the padding has no known form
 * @example
 * convolutionGeometry({ name: "conv2d", h: 28, w: 28, kernel: [3, 3], strides: [2, 2], padding: "same" }).p; // 14
 */
export function convolutionGeometry(options: WindowOptions): ConvolutionGeometry {
  const rows = axis(options, 0);
  const columns = axis(options, 1);
  const p = outputs(rows);
  const q = outputs(columns);
  const [haloLeft, wd] = halo(columns, q);
  return {
    ...windows(rows, columns, p, q),
    hp: rows.before + rows.size + rows.after,
    wp: columns.before + columns.size + columns.after,
    haloLeft,
    wd,
  };
}

/**
 * Outputs of a pooling axis. Rounding up keeps only windows that begin inside the input or the padding before it, and
 * padding as large as the window is refused, as are taps that pass over the whole input: so every window holds an element
 * of the input.
 */
function pooled(name: string, side: Axis, ceil: boolean): number {
  const { size, stride, dilation, extent, before, after } = side;
  if (Math.max(before, after) > MAX_POOL_PADDING) {
    throw new InputRangeError(
      name,
      `padding of at most ${MAX_POOL_PADDING}`,
      `${Math.max(before, after)}`,
      "too-large",
    );
  }
  if (before >= extent || after >= extent) {
    throw new InputRangeError(name, `padding below the window's ${extent}`, `${Math.max(before, after)}`);
  }
  const last = (before + size + after - extent) / stride;
  const rounded = ceil ? Math.max(Math.ceil(last), 0) : Math.floor(last);
  const count = ceil && rounded * stride >= before + size ? rounded : rounded + 1;
  // Taps of a window that begins before the input meet it, unless they are further apart than it is large. As many windows
  // as there are places between two taps tell of all: then the places come again.
  for (let i = 0; size < dilation && i < Math.min(count, dilation) && i * stride < before; i++) {
    const origin = i * stride - before;
    if (origin + Math.ceil(-origin / dilation) * dilation < size) continue;
    throw new InputRangeError(
      name,
      "an element of the input in every window",
      `an input of ${size} between taps ${dilation} apart`,
    );
  }
  return count;
}

/**
 * The geometry of a pooling layer. With `same`, windows are cut off at the edges as in Keras.
 *
 * @throws RangeError if a number is not whole or too small, the window is larger than the padded input, the padding is not
 * smaller than the window, or a dilated window passes over the input
 * @throws TypeError if the padding has no known form
 * @example
 * poolGeometry({ name: "maxPooling2d", h: 5, w: 5, kernel: [2, 2], strides: [2, 2], padding: 0, ceil: true }).p; // 3
 */
export function poolGeometry(options: PoolOptions): PoolGeometry {
  const ceil = options.ceil === true && options.padding !== "same";
  const rows = axis(options, 0, ceil);
  const columns = axis(options, 1, ceil);
  return windows(rows, columns, pooled(options.name, rows, ceil), pooled(options.name, columns, ceil));
}

function windows(rows: Axis, columns: Axis, p: number, q: number): PoolGeometry {
  return {
    h: rows.size,
    w: columns.size,
    p,
    q,
    r: rows.kernel,
    s: columns.kernel,
    strideH: rows.stride,
    strideW: columns.stride,
    padTop: rows.before,
    padBottom: rows.after,
    padLeft: columns.before,
    padRight: columns.after,
    dilationH: rows.dilation,
    dilationW: columns.dilation,
  };
}
