import { each, input, output } from "../operand.ts";
import { type ExtraRows, oneInput } from "../row.ts";

/** Rows of the kernels that copy in another order. */
export const copyRows = {
  copy_boxes: (x, y, _rows, _columns, _depth, _xFirst, _xRow, _xColumn, xSize, _yFirst, _yRow, _yColumn, ySize) => [
    input(each(xSize), x),
    output(each(ySize), y),
  ],
  transpose: (x, y, count, rows, columns) => oneInput(x, y, count * rows * columns),
} satisfies ExtraRows;
