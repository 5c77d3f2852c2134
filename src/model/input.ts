import type { ImageShape } from "../data/pixels.ts";
import { InputRangeError, InputTypeError } from "../errors.ts";
import { type LayerList, listOf } from "../graph/functional.ts";
import { readTensors, type SymbolicTensor } from "../layers/layer.ts";
import { sizeOf } from "../layers/shape.ts";
import { extents, type OptionKind } from "../options/kinds.ts";
import { checkNumber } from "../options/numbers.ts";
import { type OptionSchema, type OptionsOf, readGiven, readOptions } from "../options/schema.ts";

/** Largest input, in elements: beyond it the first layer alone would not fit into memory. */
const MAX_ELEMENTS = 2 ** 26;

/**
 * Bounds of factors, as kernels compute in float32: beyond them a factor would be infinite, and a pixel of 0 times it
 * NaN.
 */
const FLOAT32 = { minimum: -(2 ** 127), maximum: 2 ** 127 };

const SHAPE: OptionKind<ImageShape, ImageShape> = extents(["height", "width", "channels"], MAX_ELEMENTS);

/** A number for all channels, or one for each. */
const PER_CHANNEL: OptionKind<number | readonly number[], number | readonly number[]> = {
  field: "value",
  wanted: "a number, or one for each channel",
  read(who, key, value) {
    if (!Array.isArray(value)) return checkNumber(who, key, value, FLOAT32);
    return value.map((item: unknown) => checkNumber(who, key, item, FLOAT32));
  },
};

/** The input of a model: its shape, and the scaling of raw pixels, which is scale x + offset for each channel or all. */
export const INPUT = {
  /** Shape of an image: height, width, channels. */
  shape: { kind: SHAPE },
  /** Factor of the raw pixels, such as 1 / 255, which scales bytes to 0 to 1. */
  scale: { kind: PER_CHANNEL, default: 1 },
  /** Added after the factor. */
  offset: { kind: PER_CHANNEL, default: 0 },
  /** Mean of the raw pixels. With `deviation`, in place of `scale` and `offset`: (x - mean) / deviation. */
  mean: { kind: PER_CHANNEL, default: 0 },
  /** Standard deviation of the raw pixels, which goes with `mean`. */
  deviation: { kind: PER_CHANNEL, default: 1 },
} as const satisfies OptionSchema;

/** Shape of the input, and the scaling from raw pixels: scale x + offset, for each channel or all. */
export interface InputOptions extends OptionsOf<typeof INPUT> {}

/** The input of a model, checked and complete: one factor and one summand per channel. */
export interface Input {
  /** Height, width and channels of an image. */
  readonly shape: readonly [height: number, width: number, channels: number];
  /** Factor of each pixel value. */
  readonly scale: readonly number[];
  /** Added to each scaled value. */
  readonly offset: readonly number[];
}

/** The input of a model in the functional form, made by `input`. */
export interface InputTensor extends SymbolicTensor {
  readonly source: undefined;
  /** The input's shape and scaling. */
  readonly input: Input;
  /**
   * The layers that made outputs from it, as a list. A method of the input, so that only programs in functional form
   * load its code.
   * @internal
   */
  list(outputs: unknown): LayerList;
}

/**
 * Makes the input of a model in functional form, to which layers are applied.
 *
 * @param options as `input` of `createModel` has them; a bare [height, width, channels] means no scaling
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * const x = input({ shape: [28, 28, 1], scale: 1 / 255 });
 * const y = dense({ units: 10 }).apply(flatten().apply(x));
 * const model = createModel({ inputs: x, outputs: y });
 */
export function input(options: InputOptions | InputOptions["shape"]): InputTensor {
  const read = readInput(options);
  const tensor: InputTensor = {
    shape: read.shape,
    source: undefined,
    input: read,
    list: (outputs) => listOf(tensor, readTensors("outputs", outputs)),
  };
  return tensor;
}

/**
 * Checks the input of a model, from TypeScript or from a file. A bare shape stands for `{ shape }`.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 */
export function readInput(json: unknown): Input {
  const who = "input";
  const options = Array.isArray(json) ? { shape: json } : json;
  const { shape, ...values } = readOptions(who, INPUT, options);
  if (sizeOf(shape) > MAX_ELEMENTS) {
    throw new InputRangeError(who, `a shape of at most ${MAX_ELEMENTS} elements`, `[${shape}]`, "too-large");
  }
  const perChannel = (name: keyof typeof values): number[] => {
    const value = values[name];
    const list = typeof value === "number" ? new Array<number>(shape[2]).fill(value) : value;
    if (list.length === shape[2]) return [...list];
    const wanted = `${name} to have ${shape[2]} values, one per channel`;
    throw new InputRangeError(who, wanted, `${list.length}`, "shape-mismatch");
  };
  const given = readGiven(who, INPUT, options);
  if (given.mean === undefined && given.deviation === undefined) {
    return { shape, scale: perChannel("scale"), offset: perChannel("offset") };
  }
  if (given.scale !== undefined || given.offset !== undefined) {
    throw new InputTypeError(who, "either scale and offset or mean and deviation", "both", "contradiction");
  }
  const deviation = perChannel("deviation");
  if (deviation.includes(0)) throw new InputRangeError(who, "deviation not to be 0", `[${deviation}]`);
  const scale = deviation.map((d) => checkNumber(who, "1 / deviation", 1 / d, FLOAT32));
  const offset = perChannel("mean").map((m, i) => checkNumber(who, "-mean / deviation", -m / deviation[i], FLOAT32));
  return { shape, scale, offset };
}
