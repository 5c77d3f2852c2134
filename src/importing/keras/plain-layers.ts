/**
 * Keras' layers without weights: shapes, activations and noise.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import type { Ref } from "../draft.ts";
import { activationLayers, addPlain, type PlainLayer } from "./activations.ts";
import { addLayer, asPlanes, asRows, type Convert, type Given, imageInput, isPlanar, onlyInput } from "./given.ts";

const flatten: Convert = (given) => {
  const ref = onlyInput(given);
  const isImage = ref.tensor.shape.length === 3;
  // With channels first Keras moves them behind the others before it flattens.
  const rows = isImage && isPlanar(given) ? asPlanes(given, ref) : asRows(given, ref);
  return { ...given.draft.add("flatten", given.name, {}, [rows]).output, planes: false };
};

const reshape: Convert = (given) => {
  const ref = asRows(given, onlyInput(given));
  return given.draft.add("reshape", given.name, { targetShape: given.config.numbers("target_shape") }, [ref]).output;
};

const permute: Convert = (given) => {
  const ref = asRows(given, onlyInput(given));
  return given.draft.add("permute", given.name, { dims: given.config.numbers("dims") }, [ref]).output;
};

const zeroPadding2d: Convert = (given) =>
  given.draft.add("zeroPadding2d", given.name, { padding: given.config.sides("padding") }, [imageInput(given)]).output;

const cropping2d: Convert = (given) =>
  given.draft.add("cropping2d", given.name, { cropping: given.config.sides("cropping") }, [imageInput(given)]).output;

const upSampling2d: Convert = (given) => {
  const { config, draft, name } = given;
  const options = { size: config.pair("size", [2]), interpolation: config.text("interpolation", "nearest") };
  return draft.add("upSampling2d", name, options, [imageInput(given)]).output;
};

/** A layer that works on each number by itself. */
function plain(given: Given, layers: readonly PlainLayer[]): Ref {
  return addPlain(given.draft, given.name, layers, onlyInput(given));
}

/** Adds a softmax along the last axis in Keras' order of axes. */
function softmax(given: Given): Ref {
  return given.draft.add("softmax", given.name, {}, [asRows(given, onlyInput(given))]).output;
}

const activation: Convert = (given) => {
  const { config, version } = given;
  const layers = activationLayers(config.who, config.values.activation, version);
  return layers.some(([type]) => type === "softmax") ? softmax(given) : plain(given, layers);
};

const relu: Convert = (given) => {
  const { config } = given;
  config.expect("threshold", (value) => Number(value) === 0, "0");
  const maximum = config.has("max_value") ? { maxValue: config.number("max_value") } : {};
  return plain(given, [["relu", { ...maximum, negativeSlope: config.number("negative_slope", 0) }]]);
};

const leakyRelu: Convert = (given) => {
  const { config } = given;
  const key = config.has("negative_slope") ? "negative_slope" : "alpha";
  return plain(given, [["leakyRelu", { negativeSlope: config.number(key, 0.3) }]]);
};

const prelu: Convert = (given) => {
  const { config } = given;
  const ref = onlyInput(given);
  const axes = config.has("shared_axes") ? config.numbers("shared_axes") : [];
  // An image with channels first shares along rows and columns, which come first here.
  const isPerChannel = ref.planes && axes.join() === "2,3";
  const input = isPerChannel ? ref : asRows(given, ref);
  const sharedAxes = isPerChannel ? [1, 2] : axes;
  const shape = isPerChannel ? { alpha: { shape: [ref.tensor.shape[2], 1, 1] } } : {};
  return addLayer(given, "prelu", sharedAxes.length > 0 ? { sharedAxes } : {}, { inputs: [input], parameters: shape });
};

const softmaxLayer: Convert = (given) => {
  const rank = onlyInput(given).tensor.shape.length;
  given.config.expect("axis", (axis) => axis === -1 || axis === rank || String(axis) === "-1", "-1");
  return softmax(given);
};

const dropout: Convert = (given) => {
  const { config, draft, name } = given;
  const ref = onlyInput(given);
  const rate = config.number("rate");
  if (!config.has("noise_shape")) return draft.add("dropout", name, { rate }, [ref]).output;
  const noise = config.values.noise_shape;
  const rest = (Array.isArray(noise) ? noise.slice(1) : []).join();
  const [h, w, c] = ref.tensor.shape;
  if (rest.replaceAll(",", "").replaceAll("1", "") === "")
    return draft.add("stochasticDepth", name, { rate }, [ref]).output;
  if (!ref.planes && (rest === "1,1," || rest === `1,1,${c}`)) {
    return draft.add("spatialDropout2d", name, { rate }, [ref]).output;
  }
  if (rest === `${h},${w},${c}`) return draft.add("dropout", name, { rate }, [ref]).output;
  throw config.wrong("noise_shape", "null, or ones that drop whole channels or samples");
};

/** Adds plain dropout in place of another kind of it, which makes no difference to predictions. */
const otherDropout: Convert = (given) => {
  const { config, draft, name, className } = given;
  draft.note(`${name}: ${className} becomes dropout of the same rate; predictions are the same, training differs`);
  return draft.add("dropout", name, { rate: config.number("rate") }, [onlyInput(given)]).output;
};

const spatialDropout2d: Convert = (given) =>
  given.draft.add("spatialDropout2d", given.name, { rate: given.config.number("rate") }, [imageInput(given)]).output;

const gaussianNoise: Convert = (given) => {
  const key = given.config.has("sigma") ? "sigma" : "stddev";
  return given.draft.add("gaussianNoise", given.name, { stddev: given.config.number(key) }, [onlyInput(given)]).output;
};

/** Leaves out a layer that acts in training only, with a note that says what convasm has instead. */
function leftOut(instead: string): Convert {
  return (given) => {
    given.draft.note(`${given.name}: ${given.className} acts in training only and is left out; ${instead}`);
    return onlyInput(given);
  };
}

const AUGMENT = "fit's option augment is for that";

const resizing: Convert = (given) => {
  const { config } = given;
  const ref = onlyInput(given);
  const [h, w] = ref.tensor.shape;
  const [height, width] = [config.number("height"), config.number("width")];
  if (ref.planes || h !== height || w !== width) {
    const got = `${height} x ${width} for ${h} x ${w}`;
    throw new InputRangeError(config.who, "images that have the size already", got, "unsupported-file");
  }
  return ref;
};

/** Layers without weights, by Keras' names. */
export const PLAIN_LAYERS: Readonly<Record<string, Convert>> = {
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  ZeroPadding2D: zeroPadding2d,
  Cropping2D: cropping2d,
  UpSampling2D: upSampling2d,
  Activation: activation,
  ReLU: relu,
  LeakyReLU: leakyRelu,
  PReLU: prelu,
  ELU: (given) => plain(given, [["elu", { alpha: given.config.number("alpha", 1) }]]),
  Softmax: softmaxLayer,
  Dropout: dropout,
  SpatialDropout2D: spatialDropout2d,
  GaussianDropout: otherDropout,
  AlphaDropout: otherDropout,
  GaussianNoise: gaussianNoise,
  Identity: onlyInput,
  Resizing: resizing,
  ActivityRegularization: leftOut("the optimizer's options weightDecay and l2 are near it"),
  RandomFlip: leftOut(AUGMENT),
  RandomCrop: leftOut(AUGMENT),
  RandomRotation: leftOut(AUGMENT),
  RandomTranslation: leftOut(AUGMENT),
  RandomZoom: leftOut(AUGMENT),
  RandomBrightness: leftOut(AUGMENT),
  RandomContrast: leftOut(AUGMENT),
  RandomColorJitter: leftOut(AUGMENT),
  RandomSaturation: leftOut(AUGMENT),
  RandomHue: leftOut(AUGMENT),
  RandomErasing: leftOut(AUGMENT),
  RandomShear: leftOut(AUGMENT),
};
