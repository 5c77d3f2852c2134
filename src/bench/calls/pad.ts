import { EXACT, input, type KernelCall, output } from "./call.ts";
import { type WorkRows, work } from "./work-rows.ts";

/** Images [n, h, w, c] inside zeros [n, hp, wp, c]. */
export function padCallOf(
  [n, h, w, c]: readonly [number, number, number, number],
  x: Float64Array,
  [top, left]: readonly [number, number],
  [hp, wp]: readonly [number, number],
): KernelCall {
  return {
    kernel: "pad2d",
    label: `${n} x ${h} x ${w} x ${c}, ${top} above, ${left} before`,
    extent: n,
    args: [input("x", x), output("y", n * hp * wp * c), h, w, c, top, left, hp, wp],
    bound: EXACT,
  };
}

/** Operations and bytes of padding. */
export const padWork = {
  pad2d: (n, _x, _y, h, w, c, _top, _left, hp, wp) => work(0, n * c * (h * w + hp * wp)),
} satisfies WorkRows;
