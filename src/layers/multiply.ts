import { mergingRows } from "../engine/operands/extra/merging.ts";
import type { Tape } from "../engine/tape.ts";
import type { Layer } from "./layer.ts";
import { mergingType, sameShape } from "./merging.ts";
import type { LayerOptions } from "./options.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer } from "./placed-layer.ts";
import { type Shape, sizeOf } from "./shape.ts";

/**
 * Product of two or more inputs of one shape, element by element (Keras' Multiply); or of an image [h, w, c] and a
 * factor for each of its channels, [c] or [1, 1, c], in either order, as in squeeze-and-excitation (Hu et al., 2018).
 *
 * @throws RangeError for inputs of other shapes
 * @example
 * const x = input({ shape: [8, 8, 4] });
 * const factors = dense({ units: 4, activation: "sigmoid" }).apply(globalAveragePooling2d().apply(x));
 * const y = multiply().apply([x, factors]);
 */
export function multiply(options: LayerOptions = {}): Layer {
  return MULTIPLY.create(options);
}

/** The type of `multiply` layers. */
export const MULTIPLY = mergingType("multiply", {
  outputShape(inputs, who) {
    const image = imageOf(inputs);
    return image === undefined ? sameShape(inputs, who) : inputs[image];
  },
  place(size, { inputs }) {
    const image = imageOf(inputs);
    return image === undefined ? new PlacedProduct(size) : new PlacedChannelProduct(inputs[image], image);
  },
});

/** Index of the image, if one of two inputs is an image and the other one factors for its channels. */
function imageOf(inputs: readonly Shape[]): number | undefined {
  if (inputs.length !== 2) return undefined;
  const isFactors = (shape: Shape, c: number) => shape.join() === `${c}` || shape.join() === `1,1,${c}`;
  const found = inputs.findIndex((shape, i) => {
    const other = inputs[1 - i];
    return shape.length === 3 && shape.join() !== other.join() && isFactors(other, shape[2]);
  });
  return found < 0 ? undefined : found;
}

class PlacedProduct implements PlacedLayer {
  readonly kernels = mergingRows;
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  forward(tape: Tape, n: number, { x, y }: ForwardPlaces): void {
    tape.add("multiply", "sample", n, x[0], x[1], y, this.#size);
    for (const more of x.slice(2)) tape.add("multiply", "sample", n, y, more, y, this.#size);
  }

  backward({ samples }: BackwardTapes, n: number, { x, dy, dx }: BackwardPlaces): void {
    for (const [i, gradient] of dx.entries()) {
      if (gradient === 0) continue;
      const [first, ...others] = x.filter((_, j) => j !== i);
      samples.add("multiply", "sample", n, dy, first, gradient, this.#size);
      for (const other of others) samples.add("multiply", "sample", n, gradient, other, gradient, this.#size);
    }
  }
}

class PlacedChannelProduct implements PlacedLayer {
  readonly kernels = mergingRows;
  readonly #positions: number;
  readonly #channels: number;
  /** Index of the input that is the image. */
  readonly #image: number;

  constructor(shape: Shape, image: number) {
    this.#channels = shape[2];
    this.#positions = sizeOf(shape) / this.#channels;
    this.#image = image;
  }

  forward(tape: Tape, n: number, { x, y }: ForwardPlaces): void {
    const [image, factors] = [x[this.#image], x[1 - this.#image]];
    tape.add("multiply_channels", "sample", n, image, factors, y, this.#positions, this.#channels);
  }

  backward({ samples }: BackwardTapes, n: number, { x, dy, dx }: BackwardPlaces): void {
    const [image, factors] = [x[this.#image], x[1 - this.#image]];
    const [ofImage, ofFactors] = [dx[this.#image], dx[1 - this.#image]];
    const sizes = [this.#positions, this.#channels] as const;
    if (ofImage !== 0) samples.add("multiply_channels", "sample", n, dy, factors, ofImage, ...sizes);
    if (ofFactors !== 0) samples.add("multiply_channels_backward", "sample", n, image, dy, ofFactors, ...sizes);
  }
}
