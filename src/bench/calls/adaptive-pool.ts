import type { AdaptivePoolCase } from "../cases.ts";
import { input, type KernelCall, normal, output, sumOf } from "./call.ts";
import { type WorkRows, work } from "./work-rows.ts";

/** Calls of average pooling to a size, and of its gradient. */
export function adaptivePoolCalls([n, h, w, c, p, q]: AdaptivePoolCase): KernelCall[] {
  const label = `${n} x ${h} x ${w} x ${c} to ${p} x ${q}`;
  const window = (Math.ceil(h / p) + 1) * (Math.ceil(w / q) + 1);
  // An input lies in as many outputs as may share it: on each axis two, or those that are made of it alone and two more.
  const outputs = (Math.ceil(p / h) + 1) * (Math.ceil(q / w) + 1);
  const rest = [h, w, c, p, q];
  return [
    {
      kernel: "adaptive_average_pool_forward",
      label,
      extent: n,
      args: [input("x", normal(`${label} x`, n * h * w * c)), output("y", n * p * q * c), ...rest],
      bound: sumOf(Math.min(window, 64)),
    },
    {
      kernel: "adaptive_average_pool_backward",
      label,
      extent: n,
      args: [input("dy", normal(`${label} dy`, n * p * q * c)), output("dx", n * h * w * c), ...rest],
      bound: sumOf(outputs + 1),
    },
  ];
}

/** Each input counts once: so many are shared by two windows as there are windows that do not fit. */
const pooling = (n: number, _from: number, _to: number, h: number, w: number, c: number, p: number, q: number) =>
  work(n * h * w * c, n * c * (h * w + p * q));

/** Operations and bytes of pooling to a size. */
export const adaptivePoolWork = {
  adaptive_average_pool_forward: pooling,
  adaptive_average_pool_backward: pooling,
} satisfies WorkRows;
