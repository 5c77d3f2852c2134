import type { PoolCase } from "../cases.ts";
import { close, EXACT, input, type KernelCall, normal, output, sumOf } from "./call.ts";
import { type Work, type WorkRows, work } from "./work-rows.ts";

function dims({ c, geometry }: PoolCase): number[] {
  const { h, w, p, q, r, s, strideH, strideW, padTop, padLeft, dilationH, dilationW } = geometry;
  return [h, w, c, p, q, r, s, strideH, strideW, padTop, padLeft, dilationH, dilationW];
}

/** The arguments that say which elements count in a mean. */
function counting({ geometry, countIncludePad }: PoolCase): number[] {
  return [geometry.padBottom, geometry.padRight, countIncludePad ? 1 : 0];
}

/** Longest sum in one chain: windows of more than 64 elements are added in blocks of at most that many. */
function longestSum({ geometry }: PoolCase): number {
  return Math.min(geometry.r * geometry.s, 64);
}

function inputSize({ n, c, geometry }: PoolCase): number {
  return n * geometry.h * geometry.w * c;
}

function outputSize({ n, c, geometry }: PoolCase): number {
  return n * geometry.p * geometry.q * c;
}

const NO_CLAMP = Number.NEGATIVE_INFINITY;

function label({ name }: PoolCase, lower: number): string {
  return `${name}${lower === 0 ? ", ReLU" : ""}`;
}

/** A pooling's forward pass; `lower` 0 is a ReLU fused into max pooling. */
export function poolForward(
  kind: "max" | "average",
  shape: PoolCase,
  x: Float64Array,
  lower: number = NO_CLAMP,
): KernelCall {
  return {
    kernel: `${kind}_pool_forward`,
    label: label(shape, lower),
    extent: shape.n,
    args: [
      input("x", x),
      output("y", outputSize(shape)),
      ...dims(shape),
      ...(kind === "max" ? [lower] : counting(shape)),
    ],
    bound: kind === "max" ? EXACT : sumOf(longestSum(shape)),
  };
}

/** A max pooling's gradient; `y` is the output for `x`. */
export function maxPoolBackward(
  shape: PoolCase,
  x: Float64Array,
  y: Float64Array,
  dy: Float64Array,
  lower: number = NO_CLAMP,
): KernelCall {
  return {
    kernel: "max_pool_backward",
    label: label(shape, lower),
    extent: shape.n,
    args: [input("x", x), input("y", y), input("dy", dy), output("dx", inputSize(shape)), ...dims(shape), lower],
    bound: close(shape.geometry.r * shape.geometry.s, 8),
  };
}

export function averagePoolBackward(shape: PoolCase, dy: Float64Array): KernelCall {
  return {
    kernel: "average_pool_backward",
    label: shape.name,
    extent: shape.n,
    args: [input("dy", dy), output("dx", inputSize(shape)), ...dims(shape), ...counting(shape)],
    bound: sumOf(shape.geometry.r * shape.geometry.s),
  };
}

/** The maximum of every window, from the definition. */
export function naiveMaximum({ n, c, geometry }: PoolCase, x: Float64Array): Float64Array {
  const { h, w, p, q, r, s, strideH, strideW, padTop, padLeft, dilationH, dilationW } = geometry;
  const y = new Float64Array(n * p * q * c).fill(Number.NEGATIVE_INFINITY);
  x.forEach((value, index) => {
    const channel = index % c;
    const j = Math.floor(index / c) % w;
    const i = Math.floor(index / (c * w)) % h;
    const sample = Math.floor(index / (c * w * h));
    for (let row = 0; row < p; row++) {
      for (let column = 0; column < q; column++) {
        const down = (i + padTop - row * strideH) / dilationH;
        const across = (j + padLeft - column * strideW) / dilationW;
        const at = ((sample * p + row) * q + column) * c + channel;
        const hits = Number.isInteger(down) && Number.isInteger(across);
        if (hits && down >= 0 && down < r && across >= 0 && across < s) y[at] = Math.max(y[at], value);
      }
    }
  });
  return y;
}

/** Random input for a case, and one with few values, so that most windows hold their maximum twice. */
export function poolInputs(shape: PoolCase): readonly Float64Array[] {
  const x = normal(`${shape.name} x`, inputSize(shape));
  return [x, x.map((value) => Math.round(value))];
}

/** Every call that the pooling layers of this shape make. */
export function poolCalls(shape: PoolCase): KernelCall[] {
  const dy = normal(`${shape.name} dy`, outputSize(shape));
  const [x] = poolInputs(shape);
  return [
    ...poolInputs(shape).flatMap((values) => {
      const y = naiveMaximum(shape, values);
      const clamped = y.map((value) => Math.max(value, 0));
      return [
        poolForward("max", shape, values),
        poolForward("max", shape, values, 0),
        maxPoolBackward(shape, values, y, dy),
        maxPoolBackward(shape, values, clamped, dy, 0),
      ];
    }),
    poolForward("average", shape, x),
    averagePoolBackward(shape, dy),
  ];
}

function windowWork(n: number, [h, w, c, p, q, r, s]: readonly number[], arrays: { x: number; y: number }): Work {
  return work(n * p * q * c * r * s, n * c * (arrays.x * h * w + arrays.y * p * q));
}

/** Operations and bytes of pooling. */
export const poolWork = {
  max_pool_forward: (n, _x, _y, ...dims) => windowWork(n, dims, { x: 1, y: 1 }),
  max_pool_backward: (n, _x, _y, _dy, _dx, ...dims) => windowWork(n, dims, { x: 2, y: 2 }),
  average_pool_forward: (n, _x, _y, ...dims) => windowWork(n, dims, { x: 1, y: 1 }),
  average_pool_backward: (n, _dy, _dx, ...dims) => windowWork(n, dims, { x: 1, y: 1 }),
} satisfies WorkRows;
