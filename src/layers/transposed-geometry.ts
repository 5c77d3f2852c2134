import { InputRangeError, TooSmallError } from "../errors.ts";
import { type ConvolutionGeometry, convolutionGeometry, paddingOf, type WindowOptions } from "./geometry.ts";

/** The window of a transposed convolution over an input of h rows and w columns. */
export interface TransposedOptions extends Required<WindowOptions> {
  /** Rows and columns of the output besides those that strides, window and padding make; below the strides. */
  readonly outputPadding: readonly [height: number, width: number] | undefined;
}

/** The output along an axis, and what is cut off its sides. */
function outputAxis(
  options: TransposedOptions,
  side: 0 | 1,
): { readonly size: number; readonly cut: readonly [before: number, after: number] } {
  const { name, kernel, strides, dilation, padding, outputPadding } = options;
  const letters = side === 0 ? "height" : "width";
  const stride = strides[side];
  const extent = (kernel[side] - 1) * dilation[side] + 1;
  const more = outputPadding?.[side];
  if (more !== undefined && more >= stride) {
    throw new InputRangeError(name, `outputPadding below the strides, ${stride}`, `${more}`, "contradiction");
  }
  const steps = (side === 0 ? options.h : options.w) - 1;
  const full = steps * stride + extent;
  if (padding === "same") {
    // Keras': `stride` times the input, or so much more than windows whose halves are cut off.
    const size = more === undefined ? (steps + 1) * stride : full - 2 * Math.floor(extent / 2) + more;
    return { size, cut: paddingOf(options, side, Math.max(full - size, 0)) };
  }
  const cut = paddingOf(options, side, 0);
  // Without padding Keras has no fewer outputs than strides.
  const rest = more ?? (padding === "valid" ? Math.max(stride - extent, 0) : 0);
  const size = full + rest - cut[0] - cut[1];
  if (size < 1) {
    throw new TooSmallError(name, `an output ${letters} of at least 1`, `${full} less padding ${cut[0]} + ${cut[1]}`);
  }
  return { size, cut };
}

/**
 * The geometry of the convolution that a transposed convolution turns round: its input is the output here, and its output the
 * input.
 *
 * @throws RangeError if nothing is left of the output, or it is padded by a stride or more
 * @example
 * const options = { name: "conv2dTranspose", h: 4, w: 4, padding: 1, dilation: [1, 1], outputPadding: [1, 1] } as const;
 * transposedGeometry({ ...options, kernel: [3, 3], strides: [2, 2] }).h; // 8
 */
export function transposedGeometry(options: TransposedOptions): ConvolutionGeometry {
  const [rows, columns] = [outputAxis(options, 0), outputAxis(options, 1)];
  const padding = [rows.cut, columns.cut] as const;
  return convolutionGeometry({ ...options, h: rows.size, w: columns.size, padding });
}
