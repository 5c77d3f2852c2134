/**
 * Random shapes of windows, repeated by their number: odd sizes, and much padding, strides and dilation on tiny inputs.
 *
 * @module
 */

import type { KernelCall } from "../../src/bench/calls/call.ts";
import { convolutionCalls } from "../../src/bench/calls/convolution.ts";
import { narrowCalls } from "../../src/bench/calls/narrow.ts";
import { poolCalls } from "../../src/bench/calls/pool.ts";
import { isWinograd, winogradCalls } from "../../src/bench/calls/winograd.ts";
import type { PoolCase } from "../../src/bench/cases.ts";
import { type ConvolutionCase, geometryOf } from "../../src/bench/convolution-cases.ts";
import { poolGeometry } from "../../src/layers/geometry.ts";
import { isNarrow, poolsItself } from "../../src/layers/placed-narrow.ts";
import { RandomStream } from "../../src/numeric/random.ts";

const SEED = 20;

/** Draws from lists, one number after the other. */
function drawer(name: string, id: number): <T>(choices: readonly T[]) => T {
  const stream = RandomStream.from(SEED, name).child(id);
  let next = 0;
  return (choices) => choices[stream.integer(next++, choices.length)];
}

/** A side of the image with its window: every second one has the window, stride and dilation that Winograd's kernels take. */
function side(draw: <T>(choices: readonly T[]) => T, plain: boolean) {
  for (;;) {
    const size = draw([1, 1, 2, 3, 4, 5, 7, 9, 12]);
    const taps = plain ? 3 : draw([1, 2, 3, 3, 4, 5]);
    const stride = plain ? 1 : draw([1, 1, 2, 3, 5]);
    const dilation = plain ? 1 : draw([1, 1, 2, 3]);
    const [before, after] = [draw([0, 0, 1, 2, 3, 5, 7, 9, 13]), draw([0, 0, 1, 2, 3, 5, 7, 9, 13])];
    const fits = before + size + after >= (taps - 1) * dilation + 1;
    if (fits) return { size, taps, stride, dilation, before, after };
  }
}

/** Convolution number `id`. */
export function randomConvolution(id: number): ConvolutionCase {
  const draw = drawer("convolution", id);
  const plain = id % 2 === 0;
  const rows = side(draw, plain);
  const columns = side(draw, plain);
  const depthwise = !plain && draw([true, false, false]);
  const groups = plain ? 1 : draw([1, 1, 2, 3]);
  const c = depthwise ? draw([1, 3, 4, 8, 13]) : groups * draw([1, 2, 3, 5, 8, 9]);
  const text = ({ size, taps, stride, dilation, before, after }: ReturnType<typeof side>) =>
    `${before}+${size}+${after} by ${taps}/${stride}/${dilation}`;
  return {
    name: `random ${id}: ${text(rows)}, ${text(columns)}, ${c} channels${depthwise ? ", depthwise" : ""}`,
    n: draw([1, 2, 3]),
    h: rows.size,
    w: columns.size,
    c,
    k: depthwise ? c : groups * draw([1, 2, 4, 5, 8, 11]),
    r: rows.taps,
    s: columns.taps,
    strideH: rows.stride,
    strideW: columns.stride,
    padTop: rows.before,
    padBottom: rows.after,
    padLeft: columns.before,
    padRight: columns.after,
    dilationH: rows.dilation,
    dilationW: columns.dilation,
    groups: depthwise ? c : groups,
    bias: draw(["none", "shared", "untied"]),
    depthwise,
  };
}

/** Every call of every kernel that can do such a convolution. */
export function randomConvolutionCalls(shape: ConvolutionCase): KernelCall[] {
  const calls = convolutionCalls(shape);
  if (isWinograd(shape)) calls.push(...winogradCalls(shape));
  const geometry = geometryOf(shape);
  const { p, q } = geometry;
  const dims = { ...geometry, c: shape.c, k: shape.k, groups: shape.groups };
  if (!isNarrow(dims, shape.bias, { training: true, needsInputGradient: false })) return calls;
  const pool = poolGeometry({ name: "pool", h: p, w: q, kernel: [2, 2], strides: [2, 2], padding: 0 });
  if (poolsItself(dims, pool)) calls.push(...narrowCalls(shape));
  return calls;
}

/** Pooling number `id`. */
export function randomPool(id: number): PoolCase {
  const draw = drawer("pool", id);
  const axis = () => {
    const [size, window, stride] = [draw([1, 2, 3, 5, 8, 11]), draw([1, 2, 3, 4, 7]), draw([1, 2, 3, 5])];
    const before = draw([0, 0, 1, 2, 3, 6]);
    const after = draw([0, 0, 1, 2, 3, 6]);
    // Taps further apart than the input is large may all miss it.
    const dilation = size >= 3 ? draw([1, 1, 2, 3]) : 1;
    const sides = { before: Math.min(before, window - 1), after: Math.min(after, window - 1) };
    return { size, window, stride, dilation, ...sides };
  };
  for (;;) {
    const [rows, columns, ceil] = [axis(), axis(), draw([true, false])];
    const covers = [rows, columns].every(
      ({ size, window, dilation, before, after }) => before + size + after > (window - 1) * dilation,
    );
    if (!covers) continue;
    const countIncludePad = draw([true, false]);
    const geometry = poolGeometry({
      name: "pool",
      h: rows.size,
      w: columns.size,
      kernel: [rows.window, columns.window],
      strides: [rows.stride, columns.stride],
      padding: [
        [rows.before, rows.after],
        [columns.before, columns.after],
      ],
      dilation: [rows.dilation, columns.dilation],
      ceil,
    });
    const options = `${ceil ? ", ceil" : ""}${countIncludePad ? ", padding counted" : ""}`;
    const name = `random ${id}: ${JSON.stringify([rows, columns])}${options}`;
    return { name, n: draw([1, 2, 3]), c: draw([1, 2, 3, 4, 5, 8, 9, 13]), geometry, countIncludePad };
  }
}

/** Every call of such a pooling layer. */
export const randomPoolCalls = (shape: PoolCase): KernelCall[] => poolCalls(shape);
