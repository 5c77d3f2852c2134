import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { type BackwardTapes, type Layer, type PlacedLayer, type Site, sizeOf } from "./layer.ts";
import { OptionReader } from "./options.ts";

/**
 * e^x over the sum of e^x along the last axis; any shape.
 *
 * As a model's last layer it is folded into the loss `softmaxCrossEntropy`, which works on the sums before it: nothing is lost
 * where probabilities round to 0 or 1. `predict` and `activations` give probabilities as without the loss; without such a last
 * layer `predict` does so under that loss all the same. Under other losses it is a layer like any other.
 *
 * @example
 * softmax();
 */
export function softmax(options: { name?: string } = {}): Layer {
  return readSoftmax(options);
}

/** The same from options of unknown origin. */
export function readSoftmax(options: object): Layer {
  const reader = new OptionReader("softmax", options, []);
  return {
    type: "softmax",
    config: reader.config,
    outputShape: (input) => input,
    parameters: () => [],
    multiplyAdds: () => 0,
    place: (site) => new PlacedSoftmax(site),
  };
}

class PlacedSoftmax implements PlacedLayer {
  readonly #classes: number;
  readonly #positions: number;
  readonly #y: Region;
  readonly #dx: Region | undefined;

  constructor(site: Site) {
    const { batch, plan, path, input } = site;
    const size = sizeOf(input);
    this.#classes = input[input.length - 1];
    this.#positions = size / this.#classes;
    this.#y = plan.reserve(`${path}/output`, "activations", batch * size);
    if (site.training && site.needsInputGradient) this.#dx = plan.reserve(`${path}/dx`, "activations", batch * size);
  }

  forward(tape: Tape, n: number, x: number): number {
    tape.add("softmax_forward", "sample", n, x, this.#y.offset, this.#positions, this.#classes);
    return this.#y.offset;
  }

  backward({ samples }: BackwardTapes, n: number, dy: number): number {
    if (this.#dx === undefined) return 0;
    const dx = this.#dx.offset;
    samples.add("softmax_backward", "sample", n, this.#y.offset, dy, dx, this.#positions, this.#classes);
    return dx;
  }
}
