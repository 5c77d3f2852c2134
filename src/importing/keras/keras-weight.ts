import type { Shape } from "../../layers/shape.ts";

/** An array of a layer of Keras, in the layer's order. */
export interface KerasWeight {
  /** Keras' name within the layer, such as `moving_mean`. */
  readonly name: string;
  /** The shape that it has there. */
  readonly shape: Shape;
  /** Our name of it, such as `conv2d/kernel`; undefined where it becomes no weight. */
  readonly ours: string | undefined;
  /** False for statistics, which stand behind trained weights in old files. */
  readonly trained: boolean;
  /** Takes the values over. */
  take(values: Float32Array): void;
}
