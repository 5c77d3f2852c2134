/**
 * A training that diverged: numbers of a model that are NaN or infinite, of which nothing right can follow.
 *
 * @module
 */

/** The advice after a training that diverged. */
export const DIVERGED_ADVICE =
  "try a lower learning rate, a warm-up, or gradient clipping, and look for unscaled or NaN inputs";

/** A model's weights, outputs or loss are NaN or infinite. The message begins with "training diverged". */
export class DivergedError extends RangeError {
  /** @param what "expected ..., got ...", and what to do */
  constructor(what: string) {
    super(`training diverged: ${what}`);
  }
}

/**
 * Throws unless all outputs of a batch are finite: there is no class in others.
 *
 * @param scores [count, outputs], may be longer
 * @param begin index of the batch's first image
 * @throws DivergedError naming the first image with another one
 */
export function checkOutputs(scores: ArrayLike<number>, count: number, outputs: number, begin: number): void {
  for (let i = 0; i < count * outputs; i++) {
    if (Number.isFinite(scores[i])) continue;
    const image = begin + Math.floor(i / outputs);
    throw new DivergedError(`expected finite outputs, got ${scores[i]} for image ${image}: ${DIVERGED_ADVICE}`);
  }
}

/**
 * Throws unless the loss over a data set is finite.
 *
 * @param what which loss it is, such as "test loss"
 * @throws DivergedError
 */
export function checkLoss(loss: number, what: string): void {
  if (Number.isFinite(loss)) return;
  throw new DivergedError(`expected a finite ${what}, got ${loss}: ${DIVERGED_ADVICE}`);
}

/**
 * Throws unless all numbers are finite.
 *
 * @param what which numbers they are, such as "weights"
 * @throws DivergedError naming the first other one
 */
export function checkFinite(values: ArrayLike<number>, what: string, name: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new DivergedError(`expected finite ${what} "${name}", got ${values[i]} at index ${i}: ${DIVERGED_ADVICE}`);
  }
}
