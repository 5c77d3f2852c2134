/**
 * Shapes of convolutions: plain, of few channels, and those of real networks; depthwise ones are in `depthwise-cases.ts`.
 *
 * @module
 */

import { type ConvolutionGeometry, convolutionGeometry, type PoolGeometry } from "../layers/geometry.ts";

/** A convolution: batch n, input h w c, k filters of r x s. `untied` is a bias of its own for every output position. */
export interface ConvolutionCase extends Omit<PoolGeometry, "p" | "q"> {
  readonly name: string;
  readonly n: number;
  readonly c: number;
  readonly k: number;
  readonly groups: number;
  readonly bias: "none" | "shared" | "untied";
  /** Use the depthwise kernels; groups, c and k are equal then. */
  readonly depthwise?: boolean;
}

/** Two images, a 3 x 3 window, and nothing else to it: cases say what differs. */
export const PLAIN = {
  n: 2,
  r: 3,
  s: 3,
  strideH: 1,
  strideW: 1,
  padTop: 0,
  padBottom: 0,
  padLeft: 0,
  padRight: 0,
  dilationH: 1,
  dilationW: 1,
  groups: 1,
  bias: "shared",
} as const;
/** The same for a depthwise convolution. */
export const PLAIN_DEPTHWISE = { ...PLAIN, depthwise: true } as const;

/** One pixel of padding on all sides. */
export const PAD_1 = around(1);

/** Equal padding on all sides. */
export function around(padding: number) {
  return { padTop: padding, padBottom: padding, padLeft: padding, padRight: padding } as const;
}

/** Convolutions for correctness: small, and odd in every way the kernels can meet. */
export const CONVOLUTIONS: readonly ConvolutionCase[] = [
  { ...PLAIN, name: "3x3, same size", h: 5, w: 5, c: 3, k: 4, ...PAD_1 },
  { ...PLAIN, name: "one of everything", n: 1, h: 1, w: 1, c: 1, k: 1, r: 1, s: 1 },
  { ...PLAIN, name: "1x1 kernel", h: 3, w: 4, c: 5, k: 7, r: 1, s: 1 },
  { ...PLAIN, name: "one channel, whole panels", n: 3, h: 6, w: 7, c: 1, k: 16 },
  { ...PLAIN, name: "one filter", h: 5, w: 4, c: 6, k: 1, ...PAD_1 },
  { ...PLAIN, name: "9 filters: one past a panel", n: 1, h: 7, w: 6, c: 2, k: 9, r: 3, s: 2 },
  { ...PLAIN, name: "13 filters, 11 channels", h: 4, w: 5, c: 11, k: 13, ...PAD_1 },
  { ...PLAIN, name: "24 filters, 8 channels", n: 1, h: 4, w: 4, c: 8, k: 24 },
  { ...PLAIN, name: "48 tiles of 4x4: two blocks", n: 3, h: 13, w: 15, c: 6, k: 9, ...PAD_1 },
  { ...PLAIN, name: "36 outputs: six tiles of 6", n: 1, h: 8, w: 8, c: 4, k: 8 },
  { ...PLAIN, name: "11 columns: tail 5 of 6", n: 1, h: 3, w: 13, c: 2, k: 5 },
  { ...PLAIN, name: "13 columns: tail 1 of 6", n: 1, h: 4, w: 15, c: 3, k: 6 },
  { ...PLAIN, name: "no bias", h: 4, w: 6, c: 2, k: 6, bias: "none" },
  { ...PLAIN, name: "untied bias", h: 5, w: 4, c: 3, k: 10, ...PAD_1, bias: "untied" },
  { ...PLAIN, name: "padding of its own on each side", h: 4, w: 5, c: 3, k: 5, padBottom: 1, padLeft: 2, padRight: 3 },
  {
    ...PLAIN,
    name: "padding >= kernel",
    h: 3,
    w: 2,
    c: 2,
    k: 5,
    r: 2,
    s: 2,
    padTop: 3,
    padBottom: 2,
    padLeft: 2,
    padRight: 4,
  },
  { ...PLAIN, name: "padding 4 around", n: 1, h: 7, w: 7, c: 5, k: 9, ...around(4) },
  { ...PLAIN, name: "padding 9 around one pixel", n: 3, h: 1, w: 1, c: 3, k: 5, ...around(9) },
  { ...PLAIN, name: "tiles above the image", h: 3, w: 4, c: 4, k: 6, padTop: 11, padRight: 1 },
  { ...PLAIN, name: "tiles below the image", h: 2, w: 5, c: 6, k: 4, padBottom: 13, padLeft: 1, bias: "untied" },
  { ...PLAIN, name: "tiles before and after the image", h: 4, w: 2, c: 3, k: 8, padLeft: 8, padRight: 10 },
  { ...PLAIN, name: "stride 2, padding 8 around", h: 3, w: 2, c: 3, k: 4, strideH: 2, strideW: 2, ...around(8) },
  { ...PLAIN, name: "dilation 2, padding 9", h: 2, w: 3, c: 2, k: 5, dilationH: 2, dilationW: 2, ...around(9) },
  { ...PLAIN, name: "stride 2, odd size", h: 7, w: 9, c: 3, k: 5, strideH: 2, strideW: 2, ...PAD_1 },
  { ...PLAIN, name: "stride leaves rows and columns over", h: 8, w: 9, c: 2, k: 3, strideH: 3, strideW: 4 },
  { ...PLAIN, name: "strides differ", h: 6, w: 7, c: 4, k: 6, strideH: 1, strideW: 2, padTop: 1 },
  { ...PLAIN, name: "stride > kernel", h: 8, w: 10, c: 3, k: 4, r: 2, s: 1, strideH: 3, strideW: 4, padLeft: 1 },
  { ...PLAIN, name: "stride > kernel and input", n: 3, h: 2, w: 3, c: 2, k: 3, r: 1, s: 2, strideH: 5, strideW: 7 },
  { ...PLAIN, name: "dilation", h: 8, w: 9, c: 2, k: 5, dilationH: 2, dilationW: 3, padTop: 2, padRight: 1 },
  {
    ...PLAIN,
    name: "stride 2, dilation 2",
    h: 9,
    w: 8,
    c: 3,
    k: 3,
    strideH: 2,
    strideW: 2,
    dilationH: 2,
    dilationW: 2,
    ...PAD_1,
  },
  {
    ...PLAIN,
    name: "stride 3, dilation 2",
    h: 9,
    w: 10,
    c: 2,
    k: 4,
    strideH: 3,
    strideW: 2,
    dilationH: 2,
    dilationW: 3,
    ...PAD_1,
  },
  {
    ...PLAIN,
    name: "stride 4, dilation 6",
    h: 14,
    w: 15,
    c: 2,
    k: 3,
    strideH: 4,
    strideW: 6,
    dilationH: 6,
    dilationW: 4,
  },
  { ...PLAIN, name: "kernel as large as the input", h: 4, w: 5, c: 3, k: 6, r: 4, s: 5 },
  { ...PLAIN, name: "row kernel", h: 3, w: 8, c: 3, k: 4, r: 1, s: 5, padLeft: 2, padRight: 2 },
  { ...PLAIN, name: "column kernel", h: 8, w: 3, c: 3, k: 4, r: 5, s: 1, padTop: 4 },
  { ...PLAIN, name: "2 groups", h: 5, w: 4, c: 6, k: 10, groups: 2, ...PAD_1 },
  {
    ...PLAIN,
    name: "3 groups past a panel, stride 2",
    h: 5,
    w: 6,
    c: 27,
    k: 33,
    groups: 3,
    r: 2,
    s: 2,
    strideH: 2,
    strideW: 2,
  },
  { ...PLAIN, name: "depthwise with multiplier", h: 5, w: 5, c: 3, k: 6, groups: 3, ...PAD_1 },
  {
    ...PLAIN,
    name: "grouped, dilated, strided, untied",
    h: 7,
    w: 7,
    c: 4,
    k: 4,
    groups: 2,
    strideH: 2,
    dilationW: 2,
    bias: "untied",
  },
];

/** Convolutions of few input channels, as layers give them to kernels of their own: see `isNarrow`. */
export const NARROW_CONVOLUTIONS: readonly ConvolutionCase[] = [
  { ...PLAIN, name: "narrow 3x3", n: 3, h: 8, w: 10, c: 1, k: 8 },
  { ...PLAIN, name: "narrow 3x3, the least", n: 1, h: 4, w: 4, c: 1, k: 4, bias: "none" },
  { ...PLAIN, name: "narrow 3x3, 10 filters, odd", h: 7, w: 5, c: 1, k: 10, ...PAD_1 },
  { ...PLAIN, name: "narrow 3x3, 7 filters, odd", h: 5, w: 9, c: 1, k: 7 },
  { ...PLAIN, name: "narrow 3x3, stride 2", h: 11, w: 9, c: 1, k: 5, strideH: 2, strideW: 2, ...PAD_1 },
  { ...PLAIN, name: "narrow 3x3, padding 8 around", n: 1, h: 2, w: 1, c: 2, k: 4, ...around(8) },
  { ...PLAIN, name: "narrow 3x3, 3 channels", h: 6, w: 7, c: 3, k: 9, ...PAD_1 },
  { ...PLAIN, name: "narrow 3x3, 4 channels, strides differ", h: 6, w: 8, c: 4, k: 12, strideH: 1, strideW: 2 },
  { ...PLAIN, name: "narrow 3x1, 3 channels", h: 6, w: 4, c: 3, k: 5, s: 1, bias: "none" },
  { ...PLAIN, name: "narrow 5x5, 5 filters", h: 8, w: 9, c: 1, k: 5, r: 5, s: 5 },
  { ...PLAIN, name: "narrow 5x5, 6 filters", h: 9, w: 8, c: 1, k: 6, r: 5, s: 5, padTop: 2, padLeft: 1, padRight: 2 },
  { ...PLAIN, name: "narrow 5x5, 16 filters", n: 1, h: 7, w: 6, c: 1, k: 16, r: 5, s: 5, bias: "none" },
  { ...PLAIN, name: "narrow 5x3, 2 channels", h: 8, w: 6, c: 2, k: 6, r: 5, s: 3 },
  { ...PLAIN, name: "narrow 2x5, 3 channels", h: 5, w: 8, c: 3, k: 4, r: 2, s: 5 },
  { ...PLAIN, name: "narrow 5x5, 3 channels", n: 1, h: 7, w: 8, c: 3, k: 5, r: 5, s: 5 },
  { ...PLAIN, name: "narrow 3x7, 3 channels", n: 1, h: 5, w: 9, c: 3, k: 4, s: 7 },
  { ...PLAIN, name: "narrow 7x7, 2 channels, stride 2", h: 12, w: 11, c: 2, k: 9, r: 7, s: 7, strideH: 2, strideW: 2 },
];

/**
 * Layers of real networks, for the benchmark (which sets its own batch size); the sums are long, so parity is checked
 * on them too.
 */
export const NETWORK_CONVOLUTIONS: readonly ConvolutionCase[] = [
  { ...PLAIN, name: "3x3, 1 to 32 channels, 28x28", h: 28, w: 28, c: 1, k: 32 },
  { ...PLAIN, name: "3x3, 32 to 64 channels, 13x13", h: 13, w: 13, c: 32, k: 64 },
  { ...PLAIN, name: "3x3, 64 to 64 channels, 14x14, same", h: 14, w: 14, c: 64, k: 64, ...PAD_1 },
  { ...PLAIN, name: "5x5, 8 to 16 channels, 12x12", h: 12, w: 12, c: 8, k: 16, r: 5, s: 5 },
  { ...PLAIN, name: "1x1, 64 to 128 channels, 7x7", h: 7, w: 7, c: 64, k: 128, r: 1, s: 1 },
  {
    ...PLAIN,
    name: "3x3, 32 to 64 channels, stride 2",
    h: 28,
    w: 28,
    c: 32,
    k: 64,
    strideH: 2,
    strideW: 2,
    ...PAD_1,
  },
  {
    ...PLAIN_DEPTHWISE,
    name: "depthwise 3x3, 64 channels, 14x14",
    h: 14,
    w: 14,
    c: 64,
    k: 64,
    groups: 64,
    ...PAD_1,
  },
];

/** The geometry of a case, by the same function that the layers use. */
export function geometryOf(shape: ConvolutionCase): ConvolutionGeometry {
  return convolutionGeometry({
    name: shape.name,
    h: shape.h,
    w: shape.w,
    kernel: [shape.r, shape.s],
    strides: [shape.strideH, shape.strideW],
    dilation: [shape.dilationH, shape.dilationW],
    padding: [
      [shape.padTop, shape.padBottom],
      [shape.padLeft, shape.padRight],
    ],
  });
}
