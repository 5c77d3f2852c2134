import { backboneModel, fitImage, type Model, type Pixels, type RasterImage } from "convasm";
import type { BackboneFacts } from "../protocol.ts";

/** Makes numbers of a picture, from which a network learns. */
export interface Eye {
  /** Under which its numbers are kept; undefined for numbers that are had at once. */
  readonly id: string | undefined;
  look(picture: RasterImage): Promise<Pixels>;
  dispose(): void;
}

/** Threads of a backbone: half of the cores, as the page and the camera need some too. */
export const THREADS = Math.max(1, Math.min(4, Math.floor(navigator.hardwareConcurrency / 2)));

/** A backbone: a network that has learned from many pictures, up to its features. */
export class Backbone implements Eye {
  readonly id: string;
  readonly model: Model;
  readonly #shape: BackboneFacts["shape"];

  private constructor(id: string, model: Model) {
    this.id = id;
    this.model = model;
    this.#shape = model.architecture.input.shape;
  }

  /** @param whole is disposed of */
  static async of(id: string, whole: Model): Promise<Backbone> {
    try {
      return new Backbone(id, await backboneModel(whole, { batchSize: 1, threads: THREADS }));
    } finally {
      whole.dispose();
    }
  }

  /** Name of the layer that gives the features. */
  get layer(): string {
    const [name] = this.model.architecture.outputShapes.keys();
    return name;
  }

  get features(): number {
    const { output } = this.model.architecture;
    return output[output.length - 1];
  }

  async look(picture: RasterImage): Promise<Float32Array> {
    const features = await this.model.predict(fitImage(picture, ...this.#shape, "crop"));
    return averaged(features, this.features);
  }

  dispose(): void {
    this.model.dispose();
  }
}

/** Features that still are an image, as their mean over its pixels. */
function averaged(features: Float32Array, channels: number): Float32Array {
  const pixels = features.length / channels;
  if (pixels === 1) return features;
  const mean = new Float32Array(channels);
  for (let i = 0; i < features.length; i++) mean[i % channels] += features[i] / pixels;
  return mean;
}

/** Height and width of the images that a network without a backbone learns from. */
export const SMALL = 48;

/** No backbone: the pixels of a small picture themselves. */
export const PLAIN: Eye = {
  id: undefined,
  look: async (picture) => fitImage(picture, SMALL, SMALL, 3, "crop"),
  dispose() {},
};
