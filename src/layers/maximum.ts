import { mergingRows } from "../engine/operands/extra/merging.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { Layer } from "./layer.ts";
import { mergingType } from "./merging.ts";
import type { LayerOptions } from "./options.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer, Site } from "./placed-layer.ts";

/**
 * Largest of two or more inputs of one shape, element by element (Keras' Maximum). The gradient goes to the first of several
 * largest, as TensorFlow's.
 *
 * @throws RangeError for inputs of different shapes
 * @example
 * const x = input({ shape: [8, 8, 4] });
 * const y = maximum().apply([x, conv2d({ filters: 4, kernelSize: 3, padding: "same" }).apply(x)]);
 */
export function maximum(options: LayerOptions = {}): Layer {
  return MAXIMUM.create(options);
}

/** The type of `maximum` layers. */
export const MAXIMUM = mergingType("maximum", { place: (size, site) => new PlacedMaximum(size, site) });

class PlacedMaximum implements PlacedLayer {
  readonly kernels = mergingRows;
  readonly #size: number;
  /** Part of the gradient that belongs to inputs which are still to come. */
  readonly #rest: Region | undefined;
  /** Memory for the gradient of inputs that need none, which the kernel writes all the same. */
  readonly #unwanted: Region | undefined;

  constructor(size: number, { wanted, batch, reserve }: Site) {
    this.#size = size;
    if (!wanted.includes(true)) return;
    this.#rest = reserve("rest", "activations", batch * size);
    if (wanted.includes(false)) this.#unwanted = reserve("unwanted", "activations", batch * size);
  }

  forward(tape: Tape, n: number, { x, y }: ForwardPlaces): void {
    tape.add("maximum", "sample", n, x[0], x[1], y, this.#size);
    for (const more of x.slice(2)) tape.add("maximum", "sample", n, y, more, y, this.#size);
  }

  backward({ samples }: BackwardTapes, n: number, { x, y, dy, dx }: BackwardPlaces): void {
    if (this.#rest === undefined) return;
    const { offset } = this.#rest;
    for (const [i, input] of x.entries()) {
      const gradient = dx[i] === 0 ? (this.#unwanted?.offset ?? 0) : dx[i];
      const rest = i === x.length - 1 ? 0 : offset;
      samples.add("maximum_backward", "sample", n, input, y, i === 0 ? dy : offset, gradient, rest, this.#size);
    }
  }
}
