/**
 * Random networks that are no chains: branches, merging layers of every kind, tensors that several layers take, odd shapes.
 *
 * @module
 */

import type { ImageShape } from "../../src/data/pixels.ts";
import { readLayers } from "../../src/graph/read.ts";
import type { LayerConfig } from "../../src/layers/options.ts";
import type { Shape } from "../../src/layers/shape.ts";
import { RandomStream } from "../../src/numeric/random.ts";

/** A network as plain data. */
export interface RandomNetwork {
  readonly seed: number;
  readonly shape: ImageShape;
  /** Layers of the kind that `readLayers` takes, each with a name and the names of what it takes. */
  readonly layers: readonly LayerConfig[];
}

/** Outputs of all random networks. */
export const CLASSES = 3;

/** The network of a seed: always the same. */
export function randomNetwork(seed: number): RandomNetwork {
  return new Maker(seed).make();
}

/** The network with about a third of its layers frozen; the last one is trained. */
export function withFrozenParts(network: RandomNetwork): RandomNetwork {
  const { seed, layers } = network;
  const stream = RandomStream.from(seed, "frozen parts");
  const isFrozen = (i: number) => i < layers.length - 1 && stream.integer(i, 3) === 0;
  return { ...network, layers: layers.map((layer, i) => (isFrozen(i) ? { ...layer, trainable: false } : layer)) };
}

/** An output that layers may take. */
interface Tensor {
  readonly name: string;
  readonly shape: Shape;
  isTaken: boolean;
}

const ACTIVATIONS = ["relu", "leakyRelu", "sigmoid", "tanh", "gelu"] as const;
const MERGES = ["add", "subtract", "multiply", "average", "maximum"] as const;

class Maker {
  readonly #seed: number;
  readonly #stream: RandomStream;
  #draws = 0;
  readonly #layers: LayerConfig[] = [];
  readonly #tensors: Tensor[] = [];

  constructor(seed: number) {
    this.#seed = seed;
    this.#stream = RandomStream.from(seed, "random network");
  }

  make(): RandomNetwork {
    const shape = [5 + this.#below(9), 5 + this.#below(9), 1 + this.#below(9)] as const;
    const input = { name: "input", shape, isTaken: true };
    this.#tensors.push(input);
    const steps = 4 + this.#below(7);
    for (let step = 0; step < steps; step++) this.#step();
    this.#end();
    return { seed: this.#seed, shape, layers: this.#layers };
  }

  /** A whole number from 0 to `count` - 1. */
  #below(count: number): number {
    return this.#stream.integer(this.#draws++, count);
  }

  #oneIn(count: number): boolean {
    return this.#below(count) === 0;
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)];
  }

  /** Adds a layer; returns its output. */
  #add(type: string, inputs: readonly Tensor[], options: object = {}): Tensor {
    const name = `${type}${this.#layers.length}`;
    const config: LayerConfig = { type, name, inputs: inputs.map((tensor) => tensor.name), ...options };
    const [layer] = readLayers([config], "layers");
    for (const tensor of inputs) tensor.isTaken = true;
    this.#layers.push(layer.config);
    const shape = layer.outputShape(
      inputs.map((tensor) => tensor.shape),
      name,
    );
    const output = { name, shape, isTaken: false };
    this.#tensors.push(output);
    return output;
  }

  /** An image, rather one of the last ones. */
  #image(): Tensor {
    const images = this.#tensors.filter(({ shape }) => shape.length === 3);
    return this.#oneIn(3) ? this.#pick(images) : images[images.length - 1 - this.#below(Math.min(2, images.length))];
  }

  /** Something between an image and the end. */
  #step(): void {
    const image = this.#image();
    const kind = this.#below(10);
    if (kind < 3) this.#window(image);
    else if (kind === 3) this.#add("batchNormalization", [image], { momentum: 0.75, epsilon: 2 ** -7 });
    else if (kind === 4) this.#add(this.#pick(ACTIVATIONS), [image]);
    else if (kind === 5) this.#factors(image);
    else if (kind === 6) this.#residual(image);
    else if (kind === 7) this.#concatenate(image);
    else this.#merge(image);
  }

  /** A convolution or pooling. */
  #window(image: Tensor): Tensor {
    const [h, w, c] = image.shape;
    const size = 1 + this.#below(Math.min(3, h, w));
    const strides = 1 + this.#below(2);
    const kind = this.#below(4);
    if (kind < 2) return this.#add("conv2d", [image], this.#convolution(image.shape, size, strides));
    if (kind === 2 && 2 * c <= 24) {
      const depthMultiplier = 1 + this.#below(2);
      const padding = this.#pick(["valid", "same"]);
      return this.#add("depthwiseConv2d", [image], { kernelSize: size, strides, padding, depthMultiplier });
    }
    const type = this.#pick(["maxPooling2d", "averagePooling2d"]);
    const padding = size === 1 ? 0 : this.#pick([0, 1, "same"]);
    const ceil = padding !== "same" && this.#oneIn(2) ? { ceilMode: true } : {};
    return this.#add(type, [image], { poolSize: size, strides, padding, ...ceil });
  }

  #convolution([h, w, c]: Shape, size: number, strides: number): object {
    const groups = this.#oneIn(4) ? this.#pick([1, 2, 3].filter((count) => c % count === 0)) : 1;
    const filters = groups * (this.#oneIn(8) ? 16 : 1 + this.#below(Math.max(1, Math.floor(9 / groups))));
    const dilationRate = 2 * size - 1 <= Math.min(h, w) && this.#oneIn(4) ? 2 : 1;
    return {
      filters,
      kernelSize: size,
      strides,
      padding: this.#pick(["valid", "same", Math.floor(size / 2)]),
      ...(dilationRate > 1 && { dilationRate }),
      ...(groups > 1 && { groups }),
      ...(this.#oneIn(3) && { useBias: false }),
      ...(this.#oneIn(2) && { activation: this.#pick(ACTIVATIONS) }),
    };
  }

  /** A convolution that keeps rows and columns. */
  #same(image: Tensor, filters: number): Tensor {
    const options = { filters, kernelSize: this.#pick([1, 3]), padding: "same" };
    return this.#add("conv2d", [image], { ...options, ...(this.#oneIn(2) && { activation: this.#pick(ACTIVATIONS) }) });
  }

  /** Tensors of an image's rows and columns, and of its channels if those are asked for. */
  #like(image: Tensor, sameChannels: boolean): Tensor {
    const [h, w, c] = image.shape;
    const found = this.#tensors.filter(({ shape }) => {
      return shape.length === 3 && shape[0] === h && shape[1] === w && (!sameChannels || shape[2] === c);
    });
    if (this.#oneIn(2)) return this.#pick(found);
    return this.#same(this.#pick(found.length > 1 ? found : [image]), sameChannels ? c : 1 + this.#below(9));
  }

  #merge(image: Tensor): void {
    const type = this.#pick(MERGES);
    const inputs = [image, this.#like(image, true)];
    if (type !== "subtract" && this.#oneIn(3)) inputs.push(this.#like(image, true));
    this.#add(type, inputs);
  }

  #concatenate(image: Tensor): void {
    const inputs = [image, this.#like(image, false)];
    if (this.#oneIn(3)) inputs.push(this.#like(image, false));
    const channels = inputs.every(({ shape }) => shape[2] === image.shape[2]);
    const total = inputs.reduce((sum, { shape }) => sum + shape[2], 0);
    if (channels && (this.#oneIn(3) || total > 24))
      this.#add("concatenate", inputs, { axis: this.#pick([1, 2, -3, -2]) });
    else this.#add("concatenate", inputs);
  }

  /** Squeeze-and-excitation. */
  #factors(image: Tensor): void {
    const squeezed = this.#add("globalAveragePooling2d", [image]);
    const factors = this.#add("dense", [squeezed], { units: image.shape[2], activation: "sigmoid" });
    this.#add("multiply", this.#oneIn(2) ? [image, factors] : [factors, image]);
  }

  #residual(image: Tensor): void {
    const [h, w, c] = image.shape;
    const strides = h > 1 && w > 1 && this.#oneIn(2) ? 2 : 1;
    const filters = strides === 1 ? c : 1 + this.#below(9);
    const kernel = { kernelSize: 3, padding: "same", strides };
    const activation = { type: this.#pick(ACTIVATIONS) };
    const main = [
      { type: "conv2d", filters, useBias: false, ...kernel },
      { type: "batchNormalization", momentum: 0.75, epsilon: 2 ** -7 },
      ...(this.#oneIn(2) ? [activation, { type: "conv2d", filters, kernelSize: 1 }] : []),
    ];
    const around = { type: "conv2d", filters, kernelSize: 1, strides };
    const block = this.#add("residual", [image], { layers: main, ...(strides > 1 && { shortcut: [around] }) });
    if (this.#oneIn(2)) this.#add("relu", [block]);
  }

  /** Brings all that nobody takes to one vector, and that to the classes. */
  #end(): void {
    const ends = this.#tensors.filter(({ isTaken }) => !isTaken);
    const vectors = (ends.length === 0 ? [this.#tensors[0]] : ends).map((tensor) => {
      if (tensor.shape.length === 1) return tensor;
      return this.#add(this.#pick(["flatten", "globalAveragePooling2d"]), [tensor]);
    });
    let all = vectors.length === 1 ? vectors[0] : this.#add("concatenate", vectors);
    if (this.#oneIn(3)) {
      all = this.#add("dense", [all], { units: 2 + this.#below(8), activation: this.#pick(ACTIVATIONS) });
      const other = this.#add("dense", [all], { units: all.shape[0] });
      all = this.#add(this.#pick(MERGES), [all, other]);
    }
    this.#add("dense", [all], { units: CLASSES });
  }
}
