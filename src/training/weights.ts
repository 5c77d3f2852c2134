import { InputRangeError } from "../errors.ts";
import type { Network } from "../model/network.ts";

/** A copy of a weight's values. */
export function readWeight(network: Network, name: string): Float32Array {
  network.turns.expectSettled("weights");
  const { value } = network.parameters.get(name);
  return Float32Array.from(network.view(value.offset, value.size));
}

/**
 * Sets a weight.
 *
 * @throws RangeError if there is none of that name, the number of values differs, or one is not finite in float32
 */
export function writeWeight(network: Network, name: string, values: ArrayLike<number>): void {
  network.turns.expectWritable("weights");
  const { value } = network.parameters.get(name);
  if (values.length !== value.size) {
    throw new InputRangeError("weights", `${value.size} values for "${name}"`, `${values.length}`);
  }
  const wrong = Array.from(values).findIndex((number) => !Number.isFinite(Math.fround(number)));
  if (wrong >= 0) {
    throw new InputRangeError("weights", `finite values for "${name}"`, `${values[wrong]} at index ${wrong}`);
  }
  network.engine.heap.set(values, value.offset);
  network.parametersChanged();
}

/** Copies all weights from one network to another of the same architecture: each by its name, as frozen ones lie elsewhere. */
export function copyWeights(from: Network, to: Network): void {
  for (const { spec, value } of to.parameters.list) {
    const { offset, size } = from.parameters.get(spec.name).value;
    to.engine.heap.set(from.view(offset, size), value.offset);
  }
}
