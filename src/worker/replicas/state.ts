import type { Network } from "../../model/network.ts";
import type { ElementRange } from "../../model/parameters.ts";
import type { ReplicaState } from "./messages.ts";

/** Places of all numbers that a run changes: the parameters, then each of the optimizer's numbers. */
function rangesOf({ parameters }: Network): readonly ElementRange[] {
  const { offset, count } = parameters.values;
  const trained = parameters.gradients.count;
  return [{ offset, count }, ...parameters.slotShifts.map((shift) => ({ offset: offset + shift, count: trained }))];
}

/** A copy of a network's weights, statistics and optimizer numbers. */
export function copyState(network: Network): ReplicaState {
  const copies = rangesOf(network).map(({ offset, count }) => Float32Array.from(network.view(offset, count)));
  return { type: "state", values: copies };
}

/** Puts such a copy into a network of the same architecture and optimizer. */
export function putState(network: Network, { values }: ReplicaState): void {
  for (const [i, { offset }] of rangesOf(network).entries()) network.engine.heap.set(values[i], offset);
  network.parametersChanged();
}
