/**
 * The layers of Keras that there are here.
 *
 * @module
 */

import { InputRangeError, isInputError, listed, retold } from "../../errors.ts";
import { nearest } from "../../options/nearest.ts";
import type { Ref } from "../draft.ts";
import type { Given } from "./given.ts";
import { LINE_LAYERS } from "./lines.ts";
import { MERGING_LAYERS } from "./merging.ts";
import { NORMALIZATIONS } from "./normalizations.ts";
import { PLAIN_LAYERS } from "./plain-layers.ts";
import { WINDOW_LAYERS } from "./windows.ts";

const LAYERS = { ...WINDOW_LAYERS, ...LINE_LAYERS, ...NORMALIZATIONS, ...PLAIN_LAYERS, ...MERGING_LAYERS };

/** Advice for layers of Keras that are not supported: the nearest one that is, where the name alone does not tell. */
const INSTEAD: Readonly<Record<string, string>> = {
  Conv3D: "Conv2D",
  Deconvolution2D: "Conv2DTranspose of version 2",
  ThresholdedReLU: "ReLU",
  Minimum: "Maximum of negated inputs",
  Lambda: "a layer of Keras' own, as a Lambda is a program",
  TFOpLambda: "a layer of Keras' own, such as Rescaling or Add",
  SlicingOpLambda: "Cropping2D",
  MultiHeadAttention: "none: convasm has no attention",
  Embedding: "none: convasm takes images",
  LSTM: "none: convasm has no recurrent layers",
  GRU: "none: convasm has no recurrent layers",
  SimpleRNN: "none: convasm has no recurrent layers",
};

/**
 * The output of a layer of Keras.
 *
 * @throws RangeError naming the layer, and the nearest that there is, for one that there is none of here
 */
export function convertLayer(given: Given): Ref {
  const { className, config } = given;
  if (!Object.hasOwn(LAYERS, className)) {
    const near = Object.hasOwn(INSTEAD, className) ? INSTEAD[className] : nearest(className, Object.keys(LAYERS));
    const advice = near === undefined ? `there are ${listed(Object.keys(LAYERS))}` : `the nearest is ${near}`;
    throw new InputRangeError(config.who, "a supported layer", className, "unsupported-file", { advice });
  }
  try {
    return LAYERS[className](given);
  } catch (error) {
    if (!isInputError(error) || error.who.startsWith(config.who)) throw error;
    throw retold(error, { who: `${config.who}: ${error.who}` });
  }
}
