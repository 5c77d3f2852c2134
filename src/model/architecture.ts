import { InputRangeError, listed, retold, TooSmallError } from "../errors.ts";
import { buildGraph, layerNames } from "../graph/build.ts";
import { type Graph, graphMultiplyAdds, graphParameters, type NodeParameter } from "../graph/graph.ts";
import type { Json } from "../json.ts";
import type { Layer } from "../layers/layer.ts";
import { imageShape, type Shape, sizeOf } from "../layers/shape.ts";
import { type ArchitectureOptions, type NetworkForm, readForm } from "./forms.ts";
import type { Input } from "./input.ts";

/** A network on paper: input, layers and shapes, checked, without memory. */
export class Architecture {
  readonly input: Input;
  /** @internal */
  readonly graph: Graph;
  readonly #form: NetworkForm;

  /**
   * @throws TypeError, RangeError where options or shapes do not fit, naming the layer
   * @internal
   */
  constructor(options: ArchitectureOptions) {
    this.#form = readForm(options);
    if (this.#form.layers.length === 0) throw new InputRangeError("layers", "at least one layer", "none", "missing");
    this.input = this.#form.input;
    this.graph = graphOf(this.#form);
  }

  /** The layers as a list, each with its `inputs` if these are not the layer before it. */
  get layers(): readonly Layer[] {
    return this.#form.layers;
  }

  /** The network as JSON, which `readArchitecture` reads. */
  toJson(): { readonly [key: string]: Json } {
    const { shape, scale, offset } = this.input;
    const { layers } = this.#form;
    const list = layers.map(({ config }): Json => config);
    const outputs = [...this.outputShapes.keys()];
    const isLast = outputs.join() === layerNames(layers).at(-1);
    return {
      input: { shape: [...shape], scale: [...scale], offset: [...offset] },
      layers: list,
      ...(!isLast && { outputs }),
    };
  }

  /** Names and shapes of the outputs; the name of an output is that of its layer. */
  get outputShapes(): ReadonlyMap<string, Shape> {
    return new Map(this.graph.outputs.map(({ name, tensor }) => [name, tensor.shape]));
  }

  /**
   * Shape of the output.
   *
   * @throws RangeError if there are several
   */
  get output(): Shape {
    checkOneOutput(this, "model");
    return this.graph.outputs[0].tensor.shape;
  }

  /**
   * Elements of the output.
   *
   * @throws RangeError if there are several
   */
  get outputs(): number {
    return sizeOf(this.output);
  }

  /** The parameters of all layers, in their order, each named `path/parameter`. @internal */
  parameters(): NodeParameter[] {
    return graphParameters(this.graph);
  }

  /** Multiply-adds of one image's forward pass. */
  multiplyAdds(): number {
    return graphMultiplyAdds(this.graph);
  }

  /** Elements of all parameters, statistics included. */
  parameterCount(): number {
    return this.parameters().reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }
}

/**
 * Throws unless a network gives one output.
 *
 * @param who start of the message
 * @param why reason for one output, and advice
 */
export function checkOneOutput({ graph: { outputs } }: Pick<Architecture, "graph">, who: string, why = ""): void {
  if (outputs.length === 1) return;
  const names = listed(outputs.map(({ name }) => name));
  throw new InputRangeError(who, "a model of one output", `${names}${why}`, "shape-mismatch");
}

/** Largest side of images that is tried in the search for the smallest size that fits. */
const LARGEST_SIDE = 1024;

/** The graph of a network. For images that are too small for it, the error tells the size that it needs. */
function graphOf({ input: { shape }, layers, outputs }: NetworkForm): Graph {
  try {
    return buildGraph(layers, shape, outputs, "layers");
  } catch (error) {
    if (!(error instanceof TooSmallError)) throw error;
    const [h, w, c] = imageShape(shape, "input");
    const side = smallestSide(layers, outputs, c);
    if (side === undefined) throw error;
    const reason = `images of ${h} x ${w} are too small for these layers, of ${side} x ${side} they fit`;
    throw retold(error, { advice: reason });
  }
}

/** The side of the smallest square images that fit layers; undefined if none does. */
function smallestSide(
  layers: readonly Layer[],
  outputs: readonly string[] | undefined,
  channels: number,
): number | undefined {
  for (let side = 1; side <= LARGEST_SIDE; side++) {
    try {
      buildGraph(layers, [side, side, channels], outputs);
      return side;
    } catch (error) {
      if (!(error instanceof TooSmallError)) return undefined;
    }
  }
  return undefined;
}
