import { halvesOf } from "../../formats/half-floats.ts";
import type { WrittenAttribute, WrittenNode, WrittenTensor } from "../../formats/onnx/encode.ts";
import type { Node } from "../../graph/graph.ts";
import { takeName } from "../../graph/take-name.ts";
import { type Shape, sizeOf } from "../../layers/shape.ts";
import { type Turned, turnedFloats, turnedWholes } from "../channels-first.ts";
import type { ModelView } from "../model-view.ts";
import { NodeWeights } from "../node-weights.ts";
import type { ExportedWeight } from "../precision.ts";

/** A tensor of the model that is written: images as [n, channels, height, width], all others in our order. */
export interface Value {
  readonly name: string;
  /** Its shape here, without the batch. */
  readonly shape: Shape;
  /** The image whose values a vector has channel by channel; undefined for one in our order. */
  readonly image?: Shape | undefined;
}

/** Writes the nodes of one layer. */
export type WriteNode = (net: OnnxNetwork, node: Node, inputs: readonly Value[]) => Value;

/** The type number of float32. */
const FLOAT32 = 1;

/** The nodes and constants of the model that is written. */
export class OnnxNetwork extends NodeWeights {
  readonly nodes: WrittenNode[] = [];
  readonly initializers: WrittenTensor[] = [];
  readonly #half: boolean;
  readonly #names = new Set<string>();
  /** Version of the operators. */
  opset = 17;

  /** @param half true: weights in half precision */
  constructor(weights: ModelView["weights"], half: boolean) {
    super(weights);
    this.#half = half;
  }

  /**
   * Adds a node.
   *
   * @param path start of its name: that of the layer
   * @returns the name of its output
   */
  node(
    path: string,
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, WrittenAttribute>> = {},
  ): string {
    const name = takeName(`${path}/${op}`, this.#names);
    this.nodes.push({ op, name, inputs, outputs: [name], attributes });
    return name;
  }

  /** The same nodes with one tensor's name changed. */
  rename(from: string, to: string): void {
    const renamed = (names: readonly string[]) => names.map((name) => (name === from ? to : name));
    for (const [i, node] of this.nodes.entries()) {
      this.nodes[i] = { ...node, inputs: renamed(node.inputs), outputs: renamed(node.outputs) };
    }
  }

  /** A constant of floats. */
  floats(path: string, name: string, dims: Shape, values: ArrayLike<number>): string {
    return this.#constant(`${path}.${name}`, dims, Float32Array.from(values));
  }

  /** A constant list of whole numbers. */
  wholes(path: string, name: string, values: readonly number[]): string {
    return this.#constant(`${path}.${name}`, [values.length], BigInt64Array.from(values, BigInt));
  }

  /**
   * A weight as a constant in the other order of axes.
   *
   * @param theirs its name in the layer there, such as `weight`
   * @param axis the axis of output channels there, for whole numbers
   */
  weight(node: Node, weight: ExportedWeight, theirs: string, order: Turned, axis = 0): string {
    const name = `${dotted(node.path)}.${theirs}`;
    const { dims } = order;
    if (weight.whole !== undefined) {
      const scales = this.#constant(`${name}.scale`, [weight.whole.scales.length], weight.whole.scales);
      const values = this.#constant(name, dims, turnedWholes(weight.whole.values, order));
      return this.node(node.path, "DequantizeLinear", [values, scales], { axis: { int: axis } });
    }
    const data = turnedFloats(weight.data, order);
    if (!this.#half) return this.#constant(name, dims, data);
    const halves = this.#constant(name, dims, halvesOf(data));
    return this.node(node.path, "Cast", [halves], { to: { int: FLOAT32 } });
  }

  #constant(name: string, dims: Shape, data: WrittenTensor["data"]): string {
    const own = takeName(name, this.#names);
    this.initializers.push({ name: own, dims, data });
    return own;
  }

  /** A tensor in another shape, its values in the order in which they are there. */
  reshaped(path: string, name: string, dims: Shape): string {
    return this.node(path, "Reshape", [name, this.wholes(path, "shape", [0, ...dims])]);
  }

  transposed(path: string, name: string, perm: readonly number[]): string {
    return this.node(path, "Transpose", [name], { perm: { ints: perm } });
  }

  /** The name of a tensor with its values in convasm's order, which has images as [n, height, width, channels]. */
  ours(path: string, value: Value): string {
    if (value.shape.length === 3) return this.transposed(path, value.name, [0, 2, 3, 1]);
    if (value.image === undefined) return value.name;
    const [h, w, c] = value.image;
    const image = this.reshaped(path, value.name, [c, h, w]);
    return this.reshaped(path, this.transposed(path, image, [0, 2, 3, 1]), [sizeOf(value.image)]);
  }

  /** A tensor in convasm's order as ONNX has it, images with channels first. */
  fromOurs(path: string, name: string, shape: Shape): Value {
    return { name: shape.length === 3 ? this.transposed(path, name, [0, 3, 1, 2]) : name, shape };
  }

  /** A vector with its values in our order; all others as they are. */
  plain(path: string, value: Value): Value {
    return value.image === undefined ? value : { name: this.ours(path, value), shape: value.shape };
  }
}

/** The name of a layer's module in programs that put dots between the names of blocks. */
export function dotted(path: string): string {
  return path.replaceAll("/", ".");
}
