import type { UpsampleCase } from "../cases.ts";
import { EXACT, input, type KernelCall, normal, output, sumOf } from "./call.ts";
import { type WorkRows, work } from "./work-rows.ts";

/** Ways to find the pixels in between; `aligned` is bilinear with aligned corners. */
export type UpsampleKind = "nearest" | "bilinear" | "aligned";

/** The kernel of a kind, without its direction, and its arguments after the sizes. */
const KINDS = {
  nearest: { kernel: "upsample_nearest", rest: [] },
  bilinear: { kernel: "upsample_bilinear", rest: [0] },
  aligned: { kernel: "upsample_bilinear", rest: [1] },
} as const satisfies Record<UpsampleKind, object>;

function label([n, h, w, c, sizeH, sizeW]: UpsampleCase): string {
  return `${n} x ${h} x ${w} x ${c}, by ${sizeH} x ${sizeW}`;
}

function smallSize([n, h, w, c]: UpsampleCase): number {
  return n * h * w * c;
}

function largeSize(shape: UpsampleCase): number {
  const [, , , , sizeH, sizeW] = shape;
  return smallSize(shape) * sizeH * sizeW;
}

/** Roundings of a bilinear share: of the unit, of its product with a whole number, of the product with a value. */
const SHARE = 3;

/** A small image made larger. */
export function upsampleForward(kind: UpsampleKind, shape: UpsampleCase, x: Float64Array): KernelCall {
  const [n, ...dims] = shape;
  return {
    kernel: `${KINDS[kind].kernel}_forward`,
    label: `${label(shape)}, ${kind}`,
    extent: n,
    args: [input("x", x), output("y", largeSize(shape)), ...dims, ...KINDS[kind].rest],
    bound: kind === "nearest" ? EXACT : sumOf(4 + SHARE),
  };
}

/**
 * The gradient of the small image: two gradients of a line at a time. A bilinear one meets each pixel twice as often on both
 * axes, and two pixels begin anew.
 */
export function upsampleBackward(kind: UpsampleKind, shape: UpsampleCase, dy: Float64Array): KernelCall {
  const [n, ...dims] = shape;
  const [, , , sizeH, sizeW] = dims;
  return {
    kernel: `${KINDS[kind].kernel}_backward`,
    label: `${label(shape)}, ${kind}`,
    extent: n,
    args: [input("dy", dy), output("dx", smallSize(shape)), ...dims, ...KINDS[kind].rest],
    bound: sumOf(kind === "nearest" ? sizeH * Math.ceil(sizeW / 2) + 1 : 2 * (sizeH + 1) * (sizeW + 2) + SHARE),
  };
}

/** Every call of upsampling to this shape. */
export function upsampleCalls(shape: UpsampleCase): KernelCall[] {
  const x = normal(`${label(shape)} x`, smallSize(shape));
  const dy = normal(`${label(shape)} dy`, largeSize(shape));
  const kinds: readonly UpsampleKind[] = ["nearest", "bilinear", "aligned"];
  return kinds.flatMap((kind) => [upsampleForward(kind, shape, x), upsampleBackward(kind, shape, dy)]);
}

/** Operations and bytes: none, a sum, and the four products of each output. */
const upsampling =
  (perOutput: number) =>
  (n: number, _from: number, _to: number, h: number, w: number, c: number, sizeH: number, sizeW: number) =>
    work(perOutput * n * h * w * c * sizeH * sizeW, n * h * w * c * (1 + sizeH * sizeW));

/** Operations and bytes of upsampling. */
export const upsampleWork = {
  upsample_nearest_forward: upsampling(0),
  upsample_nearest_backward: upsampling(1),
  upsample_bilinear_forward: upsampling(8),
  upsample_bilinear_backward: upsampling(8),
} satisfies WorkRows;
