/**
 * Gradients of whole networks, compared with central differences.
 *
 * @module
 */

import type { Model } from "../../src/training/model.ts";
import { expectGradient } from "../engine/gradient.ts";
import { trainedNames } from "./networks.ts";

/**
 * Compares the gradients of a step that was just done, by each parameter that is trained, with central differences.
 *
 * @param loss the mean loss of the staged batch with the weights that are there now
 */
export function expectDifferences(model: Model, loss: () => number): void {
  const { network } = model;
  const gradients = new Map(trainedNames(model).map((name) => [name, Float64Array.from(network.gradient(name))]));
  for (const [name, gradient] of gradients) {
    const { offset, size } = network.parameters.get(name).value;
    const values = network.view(offset, size);
    const initial = Float64Array.from(values);
    const valueAt = (point: Float64Array) => {
      values.set(point);
      return loss();
    };
    expectGradient(name, valueAt, initial, gradient);
    values.set(initial);
  }
}
