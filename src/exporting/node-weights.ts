import { InputRangeError } from "../errors.ts";
import type { Node } from "../graph/graph.ts";
import type { ModelView } from "./model-view.ts";
import type { ExportedWeight } from "./precision.ts";

/** The weights of a model by the nodes that have them. */
export class NodeWeights {
  readonly #weights: ModelView["weights"];

  constructor(weights: ModelView["weights"]) {
    this.#weights = weights;
  }

  /** A node's weight; undefined where the layer has none of that name. */
  find(node: Node, parameter: string): ExportedWeight | undefined {
    return this.#weights.get(`${node.path}/${parameter}`);
  }

  /** A node's weight that must be there. */
  get(node: Node, parameter: string): ExportedWeight {
    const found = this.find(node, parameter);
    if (found !== undefined) return found;
    throw new InputRangeError("exportModel", `weights "${node.path}/${parameter}"`, "none", "missing");
  }
}
