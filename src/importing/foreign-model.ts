import type { ForeignTensor } from "../formats/foreign-tensor.ts";
import type { Architecture } from "../model/architecture.ts";
import type { Loss, Optimizer } from "../model/contracts.ts";
import type { InputOptions } from "../model/input.ts";
import type { ModelFiles } from "./model-files.ts";
import type { WeightFit } from "./weight-fit.ts";
import type { WeightLayouts } from "./weight-layout.ts";

/** The scaling of pixels, without the shape of the images. */
export type InputScaling = Omit<InputOptions, "shape">;

/** Facts that a file may leave open. */
export interface OpenFacts {
  /** The scaling of pixels; undefined where the caller said none. */
  readonly scaling: InputScaling | undefined;
  /** Shape of the images; undefined where the caller said none. */
  readonly shape: readonly [height: number, width: number, channels: number] | undefined;
}

/** A model as another program's file holds it: the network, and its weights. */
export interface ForeignModel {
  readonly architecture: Architecture;
  readonly fit: WeightFit;
  /** Names of the classes, where the file tells them. */
  readonly classNames?: readonly string[] | undefined;
  /** Loss and optimizer, where the file tells them. */
  readonly compile?: { readonly loss?: Loss | undefined; readonly optimizer?: Optimizer | undefined };
  /** Lines about what was left out or changed. */
  readonly notes?: readonly string[];
}

/**
 * Reads a model, network and weights.
 *
 * @throws RangeError if the file is damaged, has something that is not supported, or lacks a fact that the caller did not give, such as the scaling of the input
 */
export type ReadForeignModel = (files: ModelFiles, open: OpenFacts) => Promise<ForeignModel>;

/** Weights of a file, and how the program that wrote it keeps those of a network. */
export interface ForeignWeights {
  /** The program's name, for messages. */
  readonly program: string;
  readonly tensors: readonly ForeignTensor[];
  /** The weights of each layer of the network, by the layer's path. */
  readonly layouts: WeightLayouts;
  /** True if the file has layers of one kind in the order in which the network has them. */
  readonly isOrdered: boolean;
  /** The name that a layer of this path probably has there. */
  nameOf(path: string): string;
}

/**
 * Reads the weights of a network.
 *
 * @throws RangeError if the file is another one, or damaged
 */
export type ReadForeignWeights = (files: ModelFiles, network: Architecture) => Promise<ForeignWeights>;
