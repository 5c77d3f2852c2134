/**
 * How weights start: plain descriptions that JSON can hold, and the function that fills an array by one.
 *
 * The descriptions are type aliases because interfaces do not fit `Json`.
 *
 * @module
 */

import type { RandomStream } from "../numeric/random.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields, readType } from "../options/objects.ts";

/** The initialisers that have no options: Glorot and Bengio (2010), He et al. (2015), LeCun et al. (1998). */
export type InitializerName =
  | "glorotUniform"
  | "glorotNormal"
  | "heUniform"
  | "heNormal"
  | "lecunUniform"
  | "lecunNormal"
  | "zeros"
  | "ones";

/** The same value everywhere. */
export type ConstantInitializer = {
  readonly type: "constant";
  readonly value: number;
};

/** Normal, not truncated. */
export type NormalInitializer = {
  readonly type: "normal";
  /** Default 0. */
  readonly mean?: number | undefined;
  readonly deviation: number;
};

/** Uniform between two values. */
export type UniformInitializer = {
  readonly type: "uniform";
  readonly minimum: number;
  readonly maximum: number;
};

/** By name, or by an object where there are options. */
export type Initializer = InitializerName | ConstantInitializer | NormalInitializer | UniformInitializer;

/** Inputs that one output sums over, and outputs that one input reaches. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Variance of the weights that keeps the scale of signals, for each named family. */
const VARIANCES = {
  glorot: ({ fanIn, fanOut }: Fans) => 2 / (fanIn + fanOut),
  he: ({ fanIn }: Fans) => 2 / fanIn,
  lecun: ({ fanIn }: Fans) => 1 / fanIn,
} as const;

/** The initialisers that a name is enough for. */
export const INITIALIZER_NAMES: readonly InitializerName[] = [
  "glorotUniform",
  "glorotNormal",
  "heUniform",
  "heNormal",
  "lecunUniform",
  "lecunNormal",
  "zeros",
  "ones",
];
const TYPES = [...INITIALIZER_NAMES, "constant", "normal", "uniform"] as const;

/** Weights beyond this would be infinite as float32. */
const MAX_FLOAT32 = 2 ** 128 - 2 ** 104;

/**
 * Fans of a weight array.
 *
 * Dense weights are `[in, out]`. Filters are `[kh, kw, c, k]` with c input channels per group: fanIn is `kh kw c`, fanOut
 * `kh kw k`, as Keras and PyTorch count them, groups or not.
 *
 * @throws RangeError if the shape has another number of dimensions, or one that is no positive whole number
 *
 * @example
 * fans([3, 3, 32, 64], "conv2d"); // { fanIn: 288, fanOut: 576 }
 */
export function fans(shape: readonly number[], kind: "dense" | "conv2d"): Fans {
  const rank = kind === "dense" ? 2 : 4;
  if (shape.length !== rank || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new RangeError(`fans "${kind}": expected ${rank} positive whole dimensions, got [${shape.join(", ")}]`);
  }
  if (kind === "dense") return { fanIn: shape[0], fanOut: shape[1] };
  const window = shape[0] * shape[1];
  return { fanIn: window * shape[2], fanOut: window * shape[3] };
}

/** What element `index` starts as, before it is rounded. */
type Draw = (index: number) => number;

function normalDraw(stream: RandomStream, mean: number, deviation: number): Draw {
  return (index) => mean + deviation * stream.normal(index);
}

function uniformDraw(stream: RandomStream, minimum: number, maximum: number): Draw {
  const width = maximum - minimum;
  return (index) => minimum + width * stream.uniform(index);
}

function scaledDraw(
  family: keyof typeof VARIANCES,
  shape: "uniform" | "normal",
  fans: Fans,
  stream: RandomStream,
): Draw {
  const who = `initialize "${family}"`;
  checkNumber(who, "fanIn", fans.fanIn, { above: 0 });
  checkNumber(who, "fanOut", fans.fanOut, { above: 0 });
  const variance = VARIANCES[family](fans);
  if (shape === "normal") return normalDraw(stream, 0, Math.sqrt(variance));
  const limit = Math.sqrt(3 * variance);
  return uniformDraw(stream, -limit, limit);
}

function drawOf(initializer: Initializer, fans: Fans, stream: RandomStream): Draw {
  if (typeof initializer === "object") {
    switch (initializer.type) {
      case "constant":
        return () => initializer.value;
      case "normal":
        return normalDraw(stream, initializer.mean ?? 0, initializer.deviation);
      case "uniform":
        return uniformDraw(stream, initializer.minimum, initializer.maximum);
    }
  }
  switch (initializer) {
    case "glorotUniform":
      return scaledDraw("glorot", "uniform", fans, stream);
    case "glorotNormal":
      return scaledDraw("glorot", "normal", fans, stream);
    case "heUniform":
      return scaledDraw("he", "uniform", fans, stream);
    case "heNormal":
      return scaledDraw("he", "normal", fans, stream);
    case "lecunUniform":
      return scaledDraw("lecun", "uniform", fans, stream);
    case "lecunNormal":
      return scaledDraw("lecun", "normal", fans, stream);
    case "zeros":
      return () => 0;
    case "ones":
      return () => 1;
  }
}

/**
 * Fills `target`. Element i depends on the initialiser, the stream and i alone, not on the length or the call order.
 *
 * The variances are 2 / (fanIn + fanOut) for Glorot, 2 / fanIn for He and 1 / fanIn for LeCun. Uniform ones span plus and
 * minus the square root of three times that, as in Keras. Normal ones are not truncated, as in the papers and PyTorch: Keras
 * redraws beyond two deviations and widens the rest to the same variance, but here an element has one draw, which keeps it
 * independent of all others.
 *
 * Values are rounded to float32 in a Float64Array too, so that both kinds of heap start alike.
 *
 * @param fans only the named families look at them
 * @throws RangeError if a fan is needed and not positive
 *
 * @example
 * const weights = new Float32Array(784 * 10);
 * initialize(weights, "glorotUniform", fans([784, 10], "dense"), RandomStream.from(1, "dense/weights"));
 */
export function initialize(
  target: Float32Array | Float64Array,
  initializer: Initializer,
  fans: Fans,
  stream: RandomStream,
): void {
  const draw = drawOf(initializer, fans, stream);
  for (let i = 0; i < target.length; i++) target[i] = Math.fround(draw(i));
}

/**
 * Checks an initialiser from untrusted JSON: a name, or an object with `type`. A name in an object, `{ "type": "zeros" }`,
 * gives the name.
 *
 * @param who stands in error messages
 * @throws TypeError for a value of the wrong kind, an unknown key or a missing field
 * @throws RangeError for an unknown name or a number out of its range
 *
 * @example
 * parseInitializer({ type: "normal", deviation: 0.05 }, 'dense "d1" weights');
 */
export function parseInitializer(json: unknown, who: string): Initializer {
  const type = readType(who, json, TYPES);
  const named = `${who} "${type}"`;
  if (type !== "constant" && type !== "normal" && type !== "uniform") {
    if (typeof json === "object") readFields(named, json, ["type"]);
    return type;
  }
  const value = { minimum: -MAX_FLOAT32, maximum: MAX_FLOAT32 };
  switch (type) {
    case "constant": {
      const fields = readFields(named, json, ["type", "value"]);
      return { type, value: checkNumber(named, "value", fields.value, value) };
    }
    case "normal": {
      const { mean = 0, deviation } = readFields(named, json, ["type", "mean", "deviation"]);
      return {
        type,
        // Draws lie within seven deviations of the mean, which have to stay finite.
        mean: checkNumber(named, "mean", mean, { minimum: -1e38, maximum: 1e38 }),
        deviation: checkNumber(named, "deviation", deviation, { minimum: 0, maximum: 1e37 }),
      };
    }
    case "uniform": {
      const fields = readFields(named, json, ["type", "minimum", "maximum"]);
      const minimum = checkNumber(named, "minimum", fields.minimum, value);
      const maximum = checkNumber(named, "maximum", fields.maximum, { ...value, minimum });
      return { type, minimum, maximum };
    }
  }
}
