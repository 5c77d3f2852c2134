import { takeName } from "../../graph/take-name.ts";
import type { Layer } from "../../layers/layer.ts";
import { isFloat32Array } from "../../numeric/array-kinds.ts";
import type { WeightPair } from "../weight-fit.ts";
import type { Constant } from "./constant.ts";
import type { Placed } from "./layout.ts";
import type { OpNode, Value } from "./op-node.ts";

/** A weight of a layer: the constant that holds it, in our order of axes. */
export type LayerWeights = Readonly<Record<string, Constant>>;

/** The network that is being made: where each tensor of the file lies, and the weights of layers by name. */
export class Builder {
  readonly values = new Map<string, Float32Array>();
  readonly pairs: WeightPair[] = [];
  readonly #placed = new Map<string, Placed>();
  readonly #names = new Set<string>(["input"]);

  /** The place of a value that depends on the images. */
  placed(node: OpNode, value: Value): Placed {
    const found = this.#placed.get(value.name);
    if (found !== undefined) return found;
    if (value.constant === undefined)
      throw node.unsupported("first outputs of nodes", JSON.stringify(value.name.slice(0, 80)));
    throw node.unsupported("what depends on the images", `the constant ${JSON.stringify(value.name.slice(0, 80))}`);
  }

  /** The place of a node's first input. */
  of(node: OpNode): Placed {
    return this.placed(node, node.input(0));
  }

  set(value: Value, place: Placed): void {
    this.#placed.set(value.name, place);
  }

  /**
   * A layer with weights.
   *
   * @param make gives the layer for its name: that of the module in the file where its tensor says one, such as `features.0` of
   * `features.0.weight`, else its type with a number
   */
  layer(node: OpNode, type: string, weights: LayerWeights, make: (name: string) => Layer): Layer {
    const [first] = Object.values(weights);
    const name = takeName(first?.name.match(/^([A-Za-z_][\w.-]*)\.(weight|kernel|gamma)$/)?.[1] ?? type, this.#names);
    const layer = make(name);
    for (const [parameter, constant] of Object.entries(weights)) {
      const weight = `${name}/${parameter}`;
      const { data } = constant;
      const wrong = data.findIndex((value) => !Number.isFinite(value));
      if (wrong >= 0) throw node.damaged(`finite values of ${constant.name}`, `${data[wrong]} at index ${wrong}`);
      this.values.set(weight, isFloat32Array(data) ? data : Float32Array.from(data));
      if (constant.name !== "") this.pairs.push({ weight, tensor: constant.name });
    }
    return layer;
  }
}

/** Makes layers of a node: the place of each of its outputs. */
export type MapNode = (node: OpNode, net: Builder) => Placed | readonly Placed[];
