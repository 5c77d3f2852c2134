import { buildGraph } from "../graph/build.ts";
import { type Graph, graphMultiplyAdds, graphParameters } from "../graph/graph.ts";
import { readLayers } from "../graph/read.ts";
import type { Json } from "../json.ts";
import { readFields, shown } from "../json-fields.ts";
import { TooSmallError } from "../layers/geometry.ts";
import { imageShape, type Layer, type ParameterSpec, type Shape, sizeOf } from "../layers/layer.ts";
import { type Input, type InputOptions, readInput } from "./input.ts";

/** What a model is made from. */
export interface ArchitectureOptions {
  /** Shape of the images, and how raw pixels are scaled. A bare [height, width, channels] means no scaling. */
  input: InputOptions | readonly [height: number, width: number, channels: number];
  /** Layers in order. */
  layers: readonly Layer[];
}

/** A network on paper: input, layers, shapes. Checked, without memory. */
export class Architecture {
  readonly input: Input;
  readonly graph: Graph;
  readonly #layers: readonly Layer[];

  /** @throws TypeError, RangeError where options or shapes do not fit, naming the layer */
  constructor({ input, layers }: ArchitectureOptions) {
    this.input = readInput(input);
    const stranger = Array.isArray(layers) ? layers.find((layer) => typeof layer?.outputShape !== "function") : layers;
    if (!Array.isArray(layers) || stranger !== undefined) {
      throw new TypeError(`layers: expected a list of layers such as flatten(), got ${shown(stranger)}`);
    }
    if (layers.length === 0) throw new RangeError("layers: expected at least one layer, got none");
    this.#layers = layers;
    this.graph = graphOf(layers, this.input.shape);
  }

  /**
   * From parsed JSON: `{ "input": { "shape": [28, 28, 1], "scale": 0.00392 }, "layers": [{ "type": "conv2d", ... }] }`.
   *
   * @throws TypeError, RangeError for unknown keys and whatever the constructor throws
   */
  static fromJson(json: unknown): Architecture {
    const { input, layers } = readFields("model", json, ["input", "layers"]);
    return new Architecture({ input: readInput(input), layers: readLayers(layers, "layers") });
  }

  /** What `fromJson` takes. */
  toJson(): { readonly [key: string]: Json } {
    const { shape, scale, offset } = this.input;
    const layers = this.#layers.map(({ config }): Json => config);
    return { input: { shape: [...shape], scale: [...scale], offset: [...offset] }, layers };
  }

  /** Shape of the last layer's output. */
  get output(): Shape {
    return this.graph.outputs[0].tensor.shape;
  }

  /** Elements of the last layer's output. */
  get outputs(): number {
    return sizeOf(this.output);
  }

  /** The parameters of all layers, in their order, each named `path/parameter`. */
  parameters(): ParameterSpec[] {
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

/** Larger images are not tried. */
const LARGEST_SIDE = 1024;

/** The graph of layers; of images that are too small for them, the error says which are not. */
function graphOf(layers: readonly Layer[], shape: Shape): Graph {
  try {
    return buildGraph(layers, shape);
  } catch (error) {
    if (!(error instanceof TooSmallError)) throw error;
    const [h, w, c] = imageShape(shape, "input");
    const side = smallestSide(layers, c);
    if (side === undefined) throw error;
    const reason = `images of ${h} x ${w} are too small for these layers, of ${side} x ${side} they fit`;
    throw new TooSmallError(`${error.message}; ${reason}`, { cause: error });
  }
}

/** The side of the smallest square images that fit layers, where there are such. */
function smallestSide(layers: readonly Layer[], channels: number): number | undefined {
  for (let side = 1; side <= LARGEST_SIDE; side++) {
    try {
      buildGraph(layers, [side, side, channels]);
      return side;
    } catch (error) {
      if (!(error instanceof TooSmallError)) return undefined;
    }
  }
  return undefined;
}
