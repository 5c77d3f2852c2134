import { close, float32, input, integers, type KernelCall, normal, output, pixels, sumOf, uniform } from "./call.ts";
import { elementwise, type WorkRows, work } from "./work-rows.ts";

type Shape = readonly [n: number, h: number, w: number, c: number];

/**
 * Source of output pixel (row i, column j): column a j + b i + tx, row c j + d i + ty; and the rectangle that is cut
 * out.
 */
export interface Transform {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly c: number;
  readonly d: number;
  readonly ty: number;
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export const IDENTITY: Transform = { a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0, top: 0, left: 0, bottom: 0, right: 0 };

export function augmentCall(
  [n, h, w, c]: Shape,
  x: Float64Array,
  transforms: readonly Transform[],
  fill: Float64Array,
  kind = "",
): KernelCall {
  const numbers = transforms.flatMap((t) => [t.a, t.b, t.tx, t.c, t.d, t.ty, t.top, t.left, t.bottom, t.right]);
  return {
    kernel: "augment",
    label: `${n} x ${h} x ${w} x ${c}${kind}`,
    extent: n,
    args: [
      ...[input("x", x), output("y", n * h * w * c), h, w, c],
      ...[input("transforms", float32(numbers)), input("fill", fill)],
    ],
    // A coordinate of up to 32 is off by some 32 roundings of 1, and the value by that times the slope.
    bound: close(64, 4),
  };
}

/** Rotations, scalings and shears with shifts, some with a rectangle cut out. */
export function someTransforms(n: number, h: number, w: number): Transform[] {
  const amounts = uniform("transforms", n * 6, -0.4, 0.4);
  return Array.from({ length: n }, (_, i) => {
    const [a, b, tx, c, d, ty] = amounts.subarray(i * 6, i * 6 + 6);
    const cut = i % 2 === 1 ? { top: 1, left: 0, bottom: Math.ceil(h / 2), right: w - 1 } : {};
    return { ...IDENTITY, a: 1 + a, b, tx: tx * w, c, d: 1 + d, ty: ty * h, ...cut };
  });
}

/** Shifts by whole pixels, parts of them, and beyond the image; some with a rectangle cut out. */
function someShifts(n: number, h: number, w: number): Transform[] {
  const amounts = uniform("shifts", n * 2, -0.7, 0.7);
  return Array.from({ length: n }, (_, i) => {
    const [tx, ty] = [amounts[2 * i] * w, amounts[2 * i + 1] * h];
    const cut = i % 4 === 3 ? { top: 1, left: 0, bottom: Math.ceil(h / 2), right: w - 1 } : {};
    const shift = i % 3 === 0 ? { tx: Math.round(tx), ty: Math.round(ty) } : { tx, ty: i === 4 ? h + 0.5 : ty };
    return { ...IDENTITY, ...shift, ...cut };
  });
}

export function normalizeBytes(
  [n, h, w, c]: Shape,
  bytes: Uint8Array,
  scale: Float64Array,
  shift: Float64Array,
): KernelCall {
  const size = h * w * c;
  return {
    kernel: "normalize_bytes",
    label: `${n} x ${h} x ${w} x ${c}`,
    extent: n,
    args: [pixels("x", bytes), output("y", n * size), size, c, input("scale", scale), input("shift", shift)],
    bound: sumOf(2),
  };
}

export function normalizeFloats(
  [n, h, w, c]: Shape,
  x: Float64Array,
  scale: Float64Array,
  shift: Float64Array,
): KernelCall {
  const size = h * w * c;
  return {
    kernel: "normalize_floats",
    label: `${n} x ${h} x ${w} x ${c}`,
    extent: n,
    args: [input("x", x), output("y", n * size), size, c, input("scale", scale), input("shift", shift)],
    bound: sumOf(2),
    inPlace: ["x", "y"],
  };
}

/** All input kernels on images of a shape. */
export function inputCalls(shape: Shape): KernelCall[] {
  const [n, h, w, c] = shape;
  const length = n * h * w * c;
  const scale = normal("scale", c);
  const shift = normal("shift", c);
  return [
    normalizeBytes(shape, Uint8Array.from(integers("bytes", length, 256)), scale, shift),
    normalizeFloats(shape, normal("floats", length), scale, shift),
    augmentCall(shape, normal("images", length), someTransforms(n, h, w), normal("fill", c)),
    augmentCall(shape, normal("images", length), someShifts(n, h, w), normal("fill", c), ", shifts"),
  ];
}

/** Operations and bytes of pixels that become inputs. */
export const inputWork = {
  normalize_bytes: (n, _x, _y, size) => ({ operations: 2 * n * size, bytes: 5 * n * size }),
  normalize_floats: (n, _x, _y, size) => elementwise(2, 2)(n, size),
  // Four multiply-adds for the place of a pixel, three blends of three operations for each channel.
  augment: (n, _x, _y, h, w, c) => work(n * h * w * (8 + 9 * c), 2 * n * h * w * c),
} satisfies WorkRows;
