import type { Tape } from "../engine/tape.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer } from "./placed-layer.ts";
import { type Shape, sizeOf } from "./shape.ts";

/**
 * e^x over the sum of e^x along the last axis; any shape.
 *
 * As a model's last layer it is folded into the loss `softmaxCrossEntropy`, which works on the sums before it: nothing is lost
 * where probabilities round to 0 or 1. `predict` and `activations` give probabilities as without the loss; without such a last
 * layer `predict` does so under that loss all the same. Under other losses it is a layer like any other.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * softmax();
 */
export function softmax(options: LayerOptions = {}): Layer {
  return SOFTMAX.create(options);
}

/** The type of `softmax` layers. */
export const SOFTMAX = layerType("softmax", {}, (_, header) => ({
  ...header,
  outputShape: ([input]) => input,
  parameters: () => [],
  multiplyAdds: () => 0,
  place: ({ output }) => new PlacedSoftmax(output),
}));

class PlacedSoftmax implements PlacedLayer {
  readonly #classes: number;
  readonly #positions: number;

  constructor(shape: Shape) {
    this.#classes = shape[shape.length - 1];
    this.#positions = sizeOf(shape) / this.#classes;
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    tape.add("softmax_forward", "sample", n, x, y, this.#positions, this.#classes);
  }

  backward({ samples }: BackwardTapes, n: number, { y, dy, dx: [dx] }: BackwardPlaces): void {
    if (dx === 0) return;
    samples.add("softmax_backward", "sample", n, y, dy, dx, this.#positions, this.#classes);
  }
}
