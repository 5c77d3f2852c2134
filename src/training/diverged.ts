/**
 * A training that diverged: numbers of a model that are NaN or infinite, of which nothing right can follow.
 *
 * @module
 */

import { DivergedError } from "../errors.ts";

/**
 * Throws unless all outputs of a batch are finite: outputs that are not finite name no class.
 *
 * @param scores [count, outputs], may be longer
 * @param begin index of the batch's first image
 * @throws DivergedError naming the first image with another one
 */
export function checkOutputs(scores: ArrayLike<number>, count: number, outputs: number, begin: number): void {
  for (let i = 0; i < count * outputs; i++) {
    if (Number.isFinite(scores[i])) continue;
    const image = begin + Math.floor(i / outputs);
    throw new DivergedError("finite outputs", `${scores[i]} for image ${image}`);
  }
}

/**
 * Throws unless the loss over a data set is finite.
 *
 * @param what name of the loss, such as "test loss"
 * @throws DivergedError
 */
export function checkLoss(loss: number, what: string): void {
  if (Number.isFinite(loss)) return;
  throw new DivergedError(`a finite ${what}`, `${loss}`);
}

/**
 * Throws unless all numbers are finite.
 *
 * @param what name of the numbers, such as "weights"
 * @throws DivergedError naming the first other one
 */
export function checkFinite(values: ArrayLike<number>, what: string, name: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new DivergedError(`finite ${what} "${name}"`, `${values[i]} at index ${i}`);
  }
}
