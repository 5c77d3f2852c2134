import type { Pixels } from "../data/pixels.ts";
import { readRawImages } from "../data/raw-images.ts";
import { createEngine, type Engine } from "../engine/engine.ts";
import { MemoryPlan } from "../engine/plan.ts";
import { Tape } from "../engine/tape.ts";
import { InputRangeError } from "../errors.ts";
import { PlacedGraph } from "../graph/place.ts";
import { type Shape, sizeOf } from "../layers/shape.ts";
import { isFloat32Array } from "../numeric/array-kinds.ts";
import type { Network } from "./network.ts";
import { Parameters } from "./parameters.ts";

/** The output of one layer for one image. */
export interface LayerActivation {
  /** The layer's path in the model, such as `conv2d` or `residual/relu`. */
  readonly path: string;
  /** The type of layer. */
  readonly type: string;
  /** Sizes along the axes of its output. */
  readonly shape: Shape;
  /** Its output in row order. */
  readonly values: Float32Array;
}

/** The place of a layer's output. */
interface Place extends Omit<LayerActivation, "values"> {
  readonly offset: number;
}

/**
 * Reads the outputs of a network's layers. It has a memory of its own, in which layers are not fused, and copies the
 * network's weights: it can be used at any time between two steps, and disturbs none.
 */
export class Probe {
  readonly #network: Network;
  readonly #engine: Engine;
  readonly #tape: Tape;
  readonly #parameters: number;
  readonly #pixels: number;
  readonly #places: readonly Place[];

  private constructor(
    network: Network,
    engine: Engine,
    tape: Tape,
    parameters: number,
    pixels: number,
    places: Place[],
  ) {
    this.#network = network;
    this.#engine = engine;
    this.#tape = tape;
    this.#parameters = parameters;
    this.#pixels = pixels;
    this.#places = places;
  }

  /** @throws RangeError if its memory cannot be allocated */
  static async create(network: Network): Promise<Probe> {
    const { architecture } = network;
    const { graph, input } = architecture;
    const plan = new MemoryPlan();
    const parameters = new Parameters(architecture.parameters(), plan, false, 0);
    const placed = new PlacedGraph(graph, {
      batch: 1,
      training: false,
      plan,
      watched: true,
      parameter: (name) => parameters.get(name),
      randomKey: () => plan.reserve("random key", "scratch", 4),
    });
    const size = sizeOf(input.shape);
    const [channels] = input.shape.slice(-1);
    const pixels = plan.reserve("pixels", "input", size);
    const image = plan.reserve("image", "input", size);
    const scale = plan.reserve("input scale", "input", channels);
    const offset = plan.reserve("input offset", "input", channels);
    const { name, heap } = network.engine;
    const precision = isFloat32Array(heap) ? "float32" : "float64";
    const engine = await createEngine(plan.freeze(), { engine: name, precision }, placed.kernels.length > 0);
    engine.heap.set(input.scale, scale.offset);
    engine.heap.set(input.offset, offset.offset);
    const tape = new Tape();
    placed.prepare(tape, "inference", 1);
    tape.add("normalize_floats", "sample", 1, pixels.offset, image.offset, size, channels, scale.offset, offset.offset);
    placed.forward(tape, 1, image.offset, "inference");
    const places = placed.places(image.offset, "inference").map(({ node, offset: at }) => {
      const { path, layer, output } = node;
      return { path, type: layer.type, shape: output.shape, offset: at };
    });
    return new Probe(network, engine, tape, parameters.values.offset, pixels.offset, places);
  }

  /**
   * The output of every layer for one image, in the order of the layers; those of a residual block stand before its sum, which bears its name.
   *
   * @param image raw pixels [h, w, c]
   * @throws RangeError unless it is one image
   */
  run(image: Pixels | Uint8ClampedArray): LayerActivation[] {
    const { shape } = this.#network.architecture.input;
    const size = sizeOf(shape);
    if (image.length !== size) {
      throw new InputRangeError(
        "activations",
        `one image of ${size} values`,
        `${image.length} values`,
        "shape-mismatch",
      );
    }
    const { pixels } = readRawImages("activations", image, shape);
    const { heap } = this.#engine;
    // The order of parameters is the same in both networks, so their values are one run in each.
    const { offset, count } = this.#network.parameters.values;
    heap.set(this.#network.view(offset, count), this.#parameters);
    heap.set(pixels, this.#pixels);
    this.#engine.run(this.#tape);
    return this.#places.map(({ path, type, shape, offset: at }) => ({
      path,
      type,
      shape,
      values: Float32Array.from(heap.subarray(at, at + sizeOf(shape))),
    }));
  }
}
