import type { BoxesCase, TransposeCase } from "../cases.ts";
import { EXACT, input, type KernelCall, normal, output } from "./call.ts";
import { type WorkRows, work } from "./work-rows.ts";

/** A box of each sample of x becomes one of y, among zeros. */
export function copyBoxesCall({ name, n, box, from, to }: BoxesCase): KernelCall {
  return {
    kernel: "copy_boxes",
    label: name,
    extent: n,
    args: [input("x", normal(`${name} x`, n * from[3])), output("y", n * to[3]), ...box, ...from, ...to],
    bound: EXACT,
  };
}

/** Matrices whose rows become columns. */
export function transposeCall([n, count, rows, columns, ...strides]: TransposeCase): KernelCall {
  const label = `${n} x ${count} x ${rows} x ${columns}, strides ${strides.join(", ")}`;
  const size = n * count * rows * columns;
  return {
    kernel: "transpose",
    label,
    extent: n,
    args: [input("x", normal(`${label} x`, size)), output("y", size), count, rows, columns, ...strides],
    bound: EXACT,
  };
}

/** Operations and bytes of copies. */
export const copyWork = {
  copy_boxes: (n, _x, _y, rows, columns, depth, _xFirst, _xRow, _xColumn, _xSize, _yFirst, _yRow, _yColumn, ySize) =>
    work(0, n * (rows * columns * depth + ySize)),
  transpose: (n, _x, _y, count, rows, columns) => work(0, 2 * n * count * rows * columns),
} satisfies WorkRows;
