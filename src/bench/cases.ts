/**
 * A table of shapes for every kernel family. It feeds the tests against naive formulas, the gradient checks, the parity
 * of the engines and the benchmark.
 *
 * @module
 */

import { type Padding, type PoolGeometry, type PoolOptions, poolGeometry } from "../layers/geometry.ts";

/** A dense layer: batch n. */
export interface DenseCase {
  readonly n: number;
  readonly inputs: number;
  readonly units: number;
  readonly bias: boolean;
}

export const DENSES: readonly DenseCase[] = [
  { n: 1, inputs: 1, units: 1, bias: true },
  { n: 1, inputs: 5, units: 10, bias: true },
  { n: 2, inputs: 9, units: 3, bias: false },
  { n: 5, inputs: 16, units: 8, bias: true },
  { n: 6, inputs: 7, units: 13, bias: true },
  { n: 7, inputs: 33, units: 17, bias: false },
  { n: 13, inputs: 12, units: 24, bias: true },
  { n: 1, inputs: 71, units: 10, bias: true },
  { n: 1, inputs: 130, units: 19, bias: true },
  { n: 131, inputs: 128, units: 37, bias: true },
];

/** Dense layers of real networks. */
export const NETWORK_DENSES: readonly DenseCase[] = [
  { n: 32, inputs: 2304, units: 128, bias: true },
  { n: 64, inputs: 128, units: 10, bias: true },
  { n: 1, inputs: 784, units: 100, bias: true },
];

/** A pooling window over n images of h x w x c. */
export interface PoolCase {
  readonly name: string;
  readonly n: number;
  readonly c: number;
  readonly geometry: PoolGeometry;
  /** True: padding counts in means. */
  readonly countIncludePad: boolean;
}

function pool(
  name: string,
  [n, h, w, c]: readonly [number, number, number, number],
  kernel: readonly [number, number],
  strides: readonly [number, number],
  {
    countIncludePad = false,
    ...options
  }: Pick<PoolOptions, "dilation" | "ceil"> & { padding?: Padding; countIncludePad?: boolean } = {},
): PoolCase {
  const geometry = poolGeometry({ padding: 0, ...options, name, h, w, kernel, strides });
  return { name, n, c, geometry, countIncludePad };
}

/** Images of h x w x c, made sizeH and sizeW times as large. */
export type UpsampleCase = readonly [n: number, h: number, w: number, c: number, sizeH: number, sizeW: number];

/** Padding above and right of the image. */
const CORNER: Padding = [
  [2, 0],
  [0, 2],
];
const UNEVEN: Padding = [
  [1, 0],
  [1, 1],
];

export const POOLS: readonly PoolCase[] = [
  pool("2x2", [2, 6, 8, 3], [2, 2], [2, 2]),
  pool("2x2, whole vectors", [1, 4, 4, 8], [2, 2], [2, 2]),
  pool("one of everything", [1, 1, 1, 1], [1, 1], [1, 1]),
  pool("odd size, rest dropped", [3, 5, 7, 5], [2, 2], [2, 2]),
  pool("odd size, cut-off windows", [2, 5, 7, 4], [2, 2], [2, 2], { ceil: true }),
  pool("overlapping", [2, 5, 6, 6], [3, 3], [1, 1]),
  pool("overlapping, padded", [1, 5, 5, 7], [3, 3], [2, 2], { padding: 1 }),
  pool("overlapping, same", [2, 5, 6, 2], [3, 2], [2, 1], { padding: "same" }),
  pool("padding on one side", [1, 4, 5, 3], [3, 3], [2, 2], { padding: CORNER }),
  pool("padded and cut off", [2, 6, 7, 9], [3, 3], [2, 2], { padding: UNEVEN, ceil: true }),
  pool("stride > window", [2, 8, 9, 3], [2, 1], [3, 4]),
  pool("stride > window, ceil", [1, 8, 9, 13], [2, 2], [3, 5], { ceil: true }),
  pool("global", [3, 4, 5, 11], [4, 5], [1, 1]),
  pool("rows only", [1, 6, 3, 16], [3, 1], [2, 1]),
  pool("padding counted", [2, 5, 5, 7], [3, 3], [2, 2], { padding: 1, countIncludePad: true }),
  pool("padding on one side counted", [1, 4, 5, 3], [3, 3], [2, 2], { padding: CORNER, countIncludePad: true }),
  pool("same, padding counted", [2, 5, 6, 4], [3, 2], [2, 1], { padding: "same", countIncludePad: true }),
  pool("padding counted, cut off behind it", [2, 6, 7, 9], [3, 4], [2, 3], {
    padding: UNEVEN,
    ceil: true,
    countIncludePad: true,
  }),
  pool("dilated 2x2, stride 2", [2, 6, 7, 5], [2, 2], [2, 2], { dilation: [2, 3] }),
  pool("dilated on one axis", [1, 7, 5, 4], [3, 2], [2, 2], { dilation: [2, 1] }),
  pool("dilated, same", [2, 5, 6, 3], [3, 2], [1, 2], { padding: "same", dilation: [2, 3] }),
  pool("dilated, padded, cut off", [2, 8, 9, 6], [3, 3], [3, 2], { padding: [3, 2], dilation: [3, 2], ceil: true }),
  pool("dilated, padding counted", [1, 7, 8, 5], [2, 3], [2, 3], {
    padding: UNEVEN,
    dilation: [3, 2],
    ceil: true,
    countIncludePad: true,
  }),
  pool("more than a block", [2, 9, 8, 5], [9, 8], [1, 1]),
  pool("lines of more than a block", [1, 3, 150, 3], [2, 133], [1, 16], { padding: [1, 3] }),
  pool("more than a block, dilated, padding counted", [1, 18, 20, 4], [9, 9], [3, 3], {
    padding: 2,
    dilation: [2, 2],
    countIncludePad: true,
  }),
];

/** Upsampling: samples, rows, columns, channels, and times of rows and columns. Sizes of both parities on few pixels and one. */
export const UPSAMPLINGS: readonly UpsampleCase[] = [
  [1, 1, 1, 1, 1, 1],
  [2, 3, 4, 3, 2, 2],
  [3, 2, 5, 4, 2, 2],
  [2, 4, 3, 8, 2, 3],
  [1, 3, 3, 5, 3, 2],
  [2, 5, 1, 2, 4, 5],
  [3, 1, 4, 7, 5, 4],
  [2, 3, 2, 9, 1, 3],
  [1, 2, 3, 13, 3, 1],
  [2, 1, 1, 6, 7, 8],
  [1, 2, 2, 1, 19, 70],
];

/** Elementwise kernels: samples, elements a sample. Tails of every length mod 4, and none. */
export const SIZES: readonly (readonly [n: number, size: number])[] = [
  [1, 1],
  [1, 3],
  [3, 2],
  [2, 8],
  [5, 7],
  [1, 33],
  [4, 12],
  [3, 21],
];

/** Rows of classes: samples, rows a sample, classes. */
export const ROWS: readonly (readonly [n: number, positions: number, classes: number])[] = [
  [1, 1, 1],
  [2, 1, 2],
  [3, 1, 10],
  [2, 5, 3],
  [1, 2, 8],
  [5, 1, 13],
  [2, 3, 4],
];

/** Columns copied from rows to rows: samples, rows a sample, columns, and floats from one row to the next in x and y. */
export type ColumnsCase = readonly [n: number, rows: number, columns: number, xStride: number, yStride: number];

export const COLUMNS: readonly ColumnsCase[] = [
  [1, 1, 1, 1, 1],
  [2, 3, 5, 5, 5],
  [3, 1, 7, 7, 20],
  [2, 4, 4, 11, 4],
  [3, 5, 1, 2, 3],
  [2, 6, 12, 16, 29],
  [5, 2, 19, 23, 19],
  [1, 9, 3, 3, 8],
  [4, 3, 32, 32, 48],
  [2, 3, 70, 75, 130],
  [3, 2, 67, 67, 67],
];

/** A box of `rows` x `columns` x `depth` floats of each sample: its first float, strides of rows and columns, floats of a sample. */
export interface BoxesCase {
  readonly name: string;
  readonly n: number;
  readonly box: readonly [rows: number, columns: number, depth: number];
  readonly from: readonly [first: number, row: number, column: number, size: number];
  readonly to: readonly [first: number, row: number, column: number, size: number];
}

export const BOXES: readonly BoxesCase[] = [
  { name: "one float", n: 1, box: [1, 1, 1], from: [0, 1, 1, 1], to: [0, 1, 1, 1] },
  { name: "the middle of an image", n: 3, box: [2, 3, 5], from: [25, 20, 5, 100], to: [0, 15, 5, 30] },
  { name: "an image inside zeros", n: 2, box: [2, 3, 5], from: [0, 15, 5, 30], to: [25, 20, 5, 100] },
  { name: "some channels", n: 2, box: [1, 6, 3], from: [2, 0, 7, 42], to: [0, 0, 3, 18] },
  { name: "some channels among zeros", n: 3, box: [1, 6, 3], from: [0, 0, 3, 18], to: [2, 0, 7, 42] },
  { name: "rows for columns", n: 2, box: [3, 4, 6], from: [0, 6, 18, 72], to: [0, 24, 6, 72] },
  { name: "long runs", n: 2, box: [1, 3, 70], from: [5, 0, 80, 240], to: [0, 0, 70, 210] },
];

/** Matrices whose rows become columns: samples, matrices, rows and columns of y, steps between matrices and rows in x and y. */
export type TransposeCase = readonly [
  n: number,
  count: number,
  rows: number,
  columns: number,
  xStep: number,
  xRow: number,
  yStep: number,
  yRow: number,
];

export const TRANSPOSES: readonly TransposeCase[] = [
  [1, 1, 1, 1, 1, 1, 1, 1],
  [2, 1, 7, 19, 133, 7, 133, 19],
  [3, 5, 2, 6, 12, 2, 12, 6],
  [2, 3, 6, 2, 12, 6, 12, 2],
  [2, 4, 5, 3, 15, 5, 15, 3],
  // The last axis of [3, 4, 5] becomes the first.
  [2, 4, 5, 3, 5, 20, 3, 12],
  [1, 2, 33, 36, 1188, 33, 1188, 36],
];

/** Average pooling to a size: samples, rows, columns, channels, rows and columns of the output. */
export type AdaptivePoolCase = readonly [n: number, h: number, w: number, c: number, p: number, q: number];

export const ADAPTIVE_POOLS: readonly AdaptivePoolCase[] = [
  [1, 1, 1, 1, 1, 1],
  [2, 5, 7, 3, 2, 3],
  [3, 4, 6, 4, 4, 3],
  [1, 3, 2, 5, 7, 4],
  [2, 11, 10, 7, 1, 1],
  [1, 20, 19, 2, 2, 2],
];

/** Batch normalisation and products with channels: samples, positions a sample, channels. */
export const NORMS: readonly (readonly [n: number, positions: number, c: number])[] = [
  [1, 1, 1],
  [2, 1, 5],
  [7, 1, 16],
  [2, 9, 3],
  [3, 4, 8],
  [1, 25, 7],
  [5, 30, 13],
  [2, 70, 16],
];

/** Images for normalisation and augmentation: samples, rows, columns, channels. */
export const IMAGES: readonly (readonly [n: number, h: number, w: number, c: number])[] = [
  [1, 1, 1, 1],
  [3, 5, 4, 1],
  [2, 4, 7, 3],
  [1, 6, 6, 4],
  [5, 3, 3, 2],
  [2, 3, 3, 7],
  [9, 8, 11, 3],
];

/** Numbers of parameters for the optimizers. */
export const PARAMETERS: readonly number[] = [1, 3, 4, 8, 13, 31];

/** Numbers of gradients for the norm: blocks hold 1024. */
export const GRADIENTS: readonly number[] = [1, 5, 1023, 1024, 1025, 3079];
