import { takeName } from "../../graph/take-name.ts";
import type { Json } from "../../json.ts";
import type { Shape } from "../../layers/shape.ts";
import type { ExportedWeight } from "../precision.ts";

/** A weight of a layer, as Keras has it: the values are in our order. */
export interface KerasWeight {
  /** Keras' name within the layer, such as `moving_mean`. */
  readonly name: string;
  readonly shape: Shape;
  readonly weight: ExportedWeight;
}

/** Configuration of a layer by Keras' names. */
export type KerasConfig = Record<string, Json>;

/** A layer of Keras, applied to others. */
export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  readonly config: KerasConfig;
  readonly inputs: readonly KerasLayer[];
  /** Shape of its output, without the batch. */
  readonly shape: Shape;
  readonly weights: readonly KerasWeight[];
}

/** Parts of a layer that few have. */
export interface LayerParts {
  readonly weights?: readonly KerasWeight[];
  /** Layers that it is applied to. Default the input. */
  readonly inputs: readonly KerasLayer[];
  readonly shape: Shape;
}

/** A network of Keras' layers as it is made. */
export class KerasNetwork {
  readonly input: KerasLayer;
  readonly #taken = new Set<string>();
  readonly #names: ReadonlyMap<string, string>;

  /**
   * @param shape of an image, without the batch
   * @param paths of our layers, which keep their names: what is added takes others
   */
  constructor(shape: Shape, paths: readonly string[]) {
    this.#names = new Map(paths.map((path) => [path, this.#free(path)]));
    this.input = { className: "InputLayer", name: this.#free("pixels"), config: {}, inputs: [], shape, weights: [] };
  }

  /**
   * Adds a layer.
   *
   * @param path of our layer that it is, or else a name that it may have
   */
  add(className: string, path: string, config: KerasConfig, parts: LayerParts): KerasLayer {
    return { className, name: this.#names.get(path) ?? this.#free(path), config, weights: [], ...parts };
  }

  /** A name that no layer has. Keras allows no slashes, and on PyTorch no dots. */
  #free(path: string): string {
    return takeName(path.replaceAll(/[/.]/g, "_"), this.#taken);
  }
}
