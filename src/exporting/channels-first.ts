/**
 * Orders of axes of programs that have channels before height and width.
 *
 * @module
 */

import type { Shape } from "../layers/shape.ts";
import { forEachStrided, rowStrides } from "../numeric/strides.ts";

/** An order of values in another program: the axes of an array of the shape `view`, put in `order`. */
export interface Turned {
  readonly view: Shape;
  readonly order: readonly number[];
  /** The shape that the other program has them in. */
  readonly dims: Shape;
}

/** Values as they are. */
export function asTheyAre(dims: Shape): Turned {
  return { view: dims, order: dims.map((_, axis) => axis), dims };
}

/** The kernel of a convolution, [height, width, inputs, filters]: filters first, then inputs. That of a transposed one too, as it is of the convolution that it turns round. */
export function convolutionKernel([height, width, inputs, filters]: Shape): Turned {
  return { view: [height, width, inputs, filters], order: [3, 2, 0, 1], dims: [filters, inputs, height, width] };
}

/**
 * The kernel of a dense layer, [inputs, units]: units first.
 *
 * @param image the image whose values the inputs are, channel by channel in the other program
 */
export function denseKernel([inputs, units]: Shape, image: Shape | undefined): Turned {
  const [height, width, channels] = image ?? [1, 1, inputs];
  return { view: [height, width, channels, units], order: [3, 2, 0, 1], dims: [units, inputs] };
}

/** Numbers of each value of an image, [height, width, channels]: channels first. Of a vector as they are. */
export function ofImage(shape: Shape): Turned {
  if (shape.length !== 3) return asTheyAre(shape);
  const [height, width, channels] = shape;
  return { view: shape, order: [2, 0, 1], dims: [channels, height, width] };
}

/** Numbers of each value of a vector, which are perhaps those of an image that the other program has channel by channel. */
export function ofVector(size: number, image: Shape | undefined): Turned {
  return image === undefined ? asTheyAre([size]) : { ...ofImage(image), dims: [size] };
}

/** Values in the other order. */
export function turnedFloats(data: Float32Array, order: Turned): Float32Array {
  const made = new Float32Array(data.length);
  forEachTurned(order, (from, to) => {
    made[to] = data[from];
  });
  return made;
}

/** Whole numbers in the other order. */
export function turnedWholes(data: Int8Array, order: Turned): Int8Array {
  const made = new Int8Array(data.length);
  forEachTurned(order, (from, to) => {
    made[to] = data[from];
  });
  return made;
}

/** Calls `move` for each value with its place here and there, in the order there. */
function forEachTurned({ view, order }: Turned, move: (from: number, to: number) => void): void {
  const extents = order.map((axis) => view[axis]);
  const strides = rowStrides(view);
  forEachStrided(
    extents,
    order.map((axis) => strides[axis]),
    move,
  );
}
