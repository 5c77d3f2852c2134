import type { Draft, Ref } from "../draft.ts";
import type { GraphNode } from "./graph-node.ts";
import type { WeightArray } from "./weights.ts";

/** The output of a node: a tensor of the network, or numbers that are known. */
export type GraphValue = { readonly ref: Ref } | { readonly array: WeightArray };

/** A node in its place. */
export interface Placed {
  readonly node: GraphNode;
  readonly inputs: readonly GraphValue[];
  readonly draft: Draft;
  /** Name of the layer that it becomes. */
  readonly name: string;
  /** Adds a weight with the values of an array of the file. */
  take(weight: string, array: WeightArray, source: string, values?: Float32Array): void;
  /**
   * The bias of a layer: the vector of `channels` numbers that the only node after this one adds; undefined if there is no such
   * addition, which otherwise becomes part of the layer.
   */
  biasBehind(channels: number): WeightArray | undefined;
}
