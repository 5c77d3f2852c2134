/**
 * Initial values of weights: plain descriptions that JSON can hold, and the function that fills an array by one.
 *
 * The descriptions are type aliases because interfaces do not fit `Json`.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import type { RandomStream } from "../numeric/random.ts";
import { number } from "../options/kinds.ts";
import { checkNumber } from "../options/numbers.ts";
import { readType } from "../options/objects.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../options/schema.ts";
import { typesOf } from "../options/variants.ts";

/** Fan-in and fan-out of a weight array: inputs that one output sums over, and outputs that one input reaches. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** The value of element `index`, before it is rounded. */
type Draw = (index: number) => number;

/** Variances of weights that keep the scale of signals: Glorot and Bengio (2010), He et al. (2015), LeCun et al. (1998). */
const VARIANCES = {
  glorot: ({ fanIn, fanOut }: Fans) => 2 / (fanIn + fanOut),
  he: ({ fanIn }: Fans) => 2 / fanIn,
  lecun: ({ fanIn }: Fans) => 1 / fanIn,
} as const;

type DrawMaker = (fans: Fans, stream: RandomStream) => Draw;

function scaledUniform(family: keyof typeof VARIANCES): DrawMaker {
  return (fans, stream) => {
    const limit = Math.sqrt(3 * varianceOf(family, fans));
    return uniformDraw(stream, -limit, limit);
  };
}

function scaledNormal(family: keyof typeof VARIANCES): DrawMaker {
  return (fans, stream) => normalDraw(stream, 0, Math.sqrt(varianceOf(family, fans)));
}

function varianceOf(family: keyof typeof VARIANCES, fans: Fans): number {
  const who = `initialize "${family}"`;
  checkNumber(who, "fanIn", fans.fanIn, { above: 0 });
  checkNumber(who, "fanOut", fans.fanOut, { above: 0 });
  return VARIANCES[family](fans);
}

function normalDraw(stream: RandomStream, mean: number, deviation: number): Draw {
  return (index) => mean + deviation * stream.normal(index);
}

function uniformDraw(stream: RandomStream, minimum: number, maximum: number): Draw {
  const width = maximum - minimum;
  return (index) => minimum + width * stream.uniform(index);
}

/** The initialisers that have no options. */
const NAMED = {
  glorotUniform: scaledUniform("glorot"),
  glorotNormal: scaledNormal("glorot"),
  heUniform: scaledUniform("he"),
  heNormal: scaledNormal("he"),
  lecunUniform: scaledUniform("lecun"),
  lecunNormal: scaledNormal("lecun"),
  zeros: () => () => 0,
  ones: () => () => 1,
} as const satisfies { readonly [name: string]: DrawMaker };

/** An initialiser without options. */
export type InitializerName = keyof typeof NAMED;

/** The names of initialisers without options. */
export const INITIALIZER_NAMES = typesOf(NAMED);

/** Weights beyond this would be infinite as float32. */
const MAX_FLOAT32 = 2 ** 128 - 2 ** 104;

const weight = number({ minimum: -MAX_FLOAT32, maximum: MAX_FLOAT32 });

const CONSTANT = {
  /** The value of all weights. */
  value: { kind: weight },
} as const satisfies OptionSchema;

// Draws lie within seven deviations of the mean, which have to stay finite.
const NORMAL = {
  /** Mean of the weights. */
  mean: { kind: number({ minimum: -1e38, maximum: 1e38 }), default: 0 },
  /** Standard deviation of the weights. */
  deviation: { kind: number({ minimum: 0, maximum: 1e37 }) },
} as const satisfies OptionSchema;

const UNIFORM = {
  /** Least weight. */
  minimum: { kind: weight },
  /** Greatest weight. */
  maximum: { kind: weight },
} as const satisfies OptionSchema;

/** Options of the initialisers that have some. */
export const INITIALIZERS = { constant: CONSTANT, normal: NORMAL, uniform: UNIFORM } as const;

/** One value for all weights. */
export type ConstantInitializer = { readonly type: "constant" } & Readonly<OptionsOf<typeof CONSTANT>>;

/** Normally distributed values, not truncated. */
export type NormalInitializer = { readonly type: "normal" } & Readonly<OptionsOf<typeof NORMAL>>;

/** Values distributed uniformly between two bounds. */
export type UniformInitializer = { readonly type: "uniform" } & Readonly<OptionsOf<typeof UNIFORM>>;

/** An initialiser by name, or as an object if it has options. */
export type Initializer = InitializerName | ConstantInitializer | NormalInitializer | UniformInitializer;

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
    throw new InputRangeError(`fans "${kind}"`, `${rank} positive whole dimensions`, `[${shape.join(", ")}]`);
  }
  if (kind === "dense") return { fanIn: shape[0], fanOut: shape[1] };
  const window = shape[0] * shape[1];
  return { fanIn: window * shape[2], fanOut: window * shape[3] };
}

function drawOf(initializer: Initializer, fans: Fans, stream: RandomStream): Draw {
  if (typeof initializer === "string") return NAMED[initializer](fans, stream);
  switch (initializer.type) {
    case "constant":
      return () => initializer.value;
    case "normal":
      return normalDraw(stream, initializer.mean ?? 0, initializer.deviation);
    case "uniform":
      return uniformDraw(stream, initializer.minimum, initializer.maximum);
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
  const type = readType(who, json, [...INITIALIZER_NAMES, ...typesOf(INITIALIZERS)]);
  const named = `${who} "${type}"`;
  switch (type) {
    case "constant":
      return { type, ...readOptions(named, CONSTANT, json) };
    case "normal":
      return { type, ...readOptions(named, NORMAL, json) };
    case "uniform": {
      const { minimum, maximum } = readOptions(named, UNIFORM, json);
      return { type, minimum, maximum: checkNumber(named, "maximum", maximum, { minimum }) };
    }
    default:
      if (typeof json === "object") readOptions(named, {}, json);
      return type;
  }
}
