import { InputRangeError } from "../errors.ts";

/** Shape of one sample, without the batch: [h, w, c] of an image, [units] of a vector. */
export type Shape = readonly number[];

/** Elements of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** The shape as [h, w, c], or a RangeError. */
export function imageShape(input: Shape, who: string): readonly [h: number, w: number, c: number] {
  if (input.length !== 3)
    throw new InputRangeError(who, "an input of [height, width, channels]", `[${input}]`, "shape-mismatch");
  return [input[0], input[1], input[2]];
}
