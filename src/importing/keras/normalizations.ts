/**
 * Keras' normalisations and scalings.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import type { Ref } from "../draft.ts";
import { addLayer, asPlanes, asRows, type Convert, type Differences, type Given, onlyInput } from "./given.ts";

/** The input of a layer that works along one axis, turned so that this axis is the last one, channels. */
function alongChannels(given: Given): Ref {
  const ref = onlyInput(given);
  const rank = ref.tensor.shape.length + 1;
  const axes = given.config.numbers("axis", [-1]);
  const axis = axes.length === 1 ? (axes[0] < 0 ? axes[0] + rank : axes[0]) : Number.NaN;
  if (axis === rank - 1) return asRows(given, ref);
  if (axis === 1) return asPlanes(given, ref);
  throw given.config.wrong("axis", "that of the channels");
}

/** The parameters of shift and scale, with fixed values where Keras' layer has none. */
function affine(given: Given): NonNullable<Differences["parameters"]> {
  const { config, draft, name } = given;
  const without = [
    ...(config.flag("scale", true) ? [] : (["gamma"] as const)),
    ...(config.flag("center", true) ? [] : (["beta"] as const)),
  ];
  for (const own of without) {
    draft.note(`${name}: Keras trains no ${own} there; here it is one, ${own === "gamma" ? "1" : "0"} to begin with`);
  }
  return Object.fromEntries(without.map((own) => [own, { fixed: own === "gamma" ? 1 : 0 }]));
}

const batchNormalization: Convert = (given) => {
  const { config } = given;
  config.expect("renorm", (value) => value === false, "false");
  config.expect("mode", (value) => value === 0, "0");
  const options = { momentum: config.number("momentum", 0.99), epsilon: config.number("epsilon", 1e-3) };
  return addLayer(given, "batchNormalization", options, { inputs: [alongChannels(given)], parameters: affine(given) });
};

const layerNormalization: Convert = (given) => {
  const { config } = given;
  config.expect("rms_scaling", (value) => value === false, "false");
  const ref = asRows(given, onlyInput(given));
  const options = { axis: config.numbers("axis", [-1]), epsilon: config.number("epsilon", 1e-3) };
  return addLayer(given, "layerNormalization", options, { inputs: [ref], parameters: affine(given) });
};

const groupNormalization: Convert = (given) => {
  const { config } = given;
  const options = { groups: config.number("groups", 32), epsilon: config.number("epsilon", 1e-3) };
  return addLayer(given, "groupNormalization", options, { inputs: [alongChannels(given)], parameters: affine(given) });
};

const rescaling: Convert = (given) => {
  const { config, draft, name } = given;
  const ref = onlyInput(given);
  const [scale, offset] = [config.numbers("scale"), config.numbers("offset", [0])];
  if (!ref.pixels && scale.length === 1 && offset.length === 1) {
    return draft.add("rescaling", name, { scale: scale[0], offset: offset[0] }, [ref]).output;
  }
  const channels = ref.tensor.shape.at(-1) ?? 1;
  for (const { length } of [scale, offset]) {
    if (length !== 1 && length !== channels) {
      throw new InputRangeError(config.who, `one number or ${channels}`, `${length}`, "shape-mismatch");
    }
  }
  const scaling = draft.channelScaling(name, scale.length === 1 && offset.length === 1 ? ref : asRows(given, ref));
  scaling.set(scale, offset);
  return scaling.output;
};

/** Least standard deviation, as Keras has it. */
const LEAST_DEVIATION = 1e-7;

const normalization: Convert = (given) => {
  const { config, draft, name, weights } = given;
  config.expect("invert", (value) => value === false, "false");
  const isSingle = !config.has("axis");
  const ref = isSingle ? onlyInput(given) : alongChannels(given);
  const scaling = draft.channelScaling(name, ref);
  const set = (means: ArrayLike<number>, variances: ArrayLike<number>) => {
    const scale = Array.from(variances, (variance) => 1 / Math.max(Math.sqrt(variance), LEAST_DEVIATION));
    scaling.set(
      scale,
      Array.from(means, (mean, i) => -mean * scale[i]),
    );
  };
  if (config.has("mean") && config.has("variance")) {
    set(numbersIn(given, "mean"), numbersIn(given, "variance"));
    return scaling.output;
  }
  const shape = isSingle ? [] : [ref.tensor.shape.at(-1) ?? 1];
  let means: ArrayLike<number> = [];
  const fixed = { ours: undefined, trained: false };
  weights.push(
    { ...fixed, name: "mean", shape, take: (values) => (means = values) },
    { ...fixed, name: "variance", shape, take: (values) => set(means, values) },
    { ...fixed, name: "count", shape: [], take: () => undefined },
  );
  return scaling.output;
};

/** Numbers of a configuration, which may stand in lists of single lists. */
function numbersIn({ config }: Given, key: string): readonly number[] {
  const flat: unknown = Array.isArray(config.values[key]) ? config.values[key].flat(3) : config.values[key];
  const list: readonly unknown[] = Array.isArray(flat) ? flat : [flat];
  const isNumber = (value: unknown): value is number => typeof value === "number";
  if (list.every(isNumber)) return list;
  throw config.wrong(key, "numbers");
}

/** Normalisations and scalings, by Keras' names. */
export const NORMALIZATIONS: Readonly<Record<string, Convert>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  Rescaling: rescaling,
  Normalization: normalization,
};
