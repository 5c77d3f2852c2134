import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { type LayerList, listOf } from "../graph/functional.ts";
import { readTensors, type SymbolicTensor, sizeOf } from "../layers/layer.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields } from "../options/objects.ts";

/** Shape of the input, and the scaling from raw pixels: scale x + offset, for each channel or all. */
export interface InputOptions {
  /** Shape of an image: [height, width, channels]. */
  shape: readonly [height: number, width: number, channels: number];
  /** Factor of the raw pixels. 1 / 255 scales bytes to 0 to 1. Default 1. */
  scale?: number | readonly number[];
  /** Added after the factor. Default 0. */
  offset?: number | readonly number[];
  /** Mean of the raw pixels. With `deviation`, in place of `scale` and `offset`: (x - mean) / deviation. */
  mean?: number | readonly number[];
  deviation?: number | readonly number[];
}

/** The input of a model, checked and complete: one factor and one summand per channel. */
export interface Input {
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** The input of a model in the functional form, made by `input`. */
export interface InputTensor extends SymbolicTensor {
  readonly source: undefined;
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

/** Largest input, in elements: beyond it the first layer alone would not fit into memory. */
const MAX_ELEMENTS = 2 ** 26;

/**
 * Bounds of factors, as kernels compute in float32: beyond them a factor would be infinite, and a pixel of 0 times it
 * NaN.
 */
const FLOAT32 = { minimum: -(2 ** 127), maximum: 2 ** 127 };

/**
 * Checks the input of a model, from TypeScript or from a file. A bare shape stands for `{ shape }`.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 */
export function readInput(json: unknown): Input {
  const who = "input";
  const keys = ["shape", "scale", "offset", "mean", "deviation"] as const;
  const fields = readFields(who, Array.isArray(json) ? { shape: json } : json, keys);
  const { shape } = fields;
  if (!Array.isArray(shape) || shape.length !== 3) {
    throw new InputTypeError(who, "shape to be [height, width, channels]", shown(shape));
  }
  const whole = { whole: true, minimum: 1, maximum: MAX_ELEMENTS };
  const [height, width, channels] = shape.map((extent: unknown) => checkNumber(who, "shape", extent, whole));
  const checked = [height, width, channels] as const;
  if (sizeOf(checked) > MAX_ELEMENTS) {
    throw new InputRangeError(who, `a shape of at most ${MAX_ELEMENTS} elements`, `[${checked}]`, "too-large");
  }
  if (fields.mean !== undefined || fields.deviation !== undefined) {
    if (fields.scale !== undefined || fields.offset !== undefined) {
      throw new InputTypeError(who, "either scale and offset or mean and deviation", "both", "contradiction");
    }
    const mean = perChannel(who, "mean", fields.mean ?? 0, channels);
    const deviation = perChannel(who, "deviation", fields.deviation ?? 1, channels);
    if (deviation.includes(0)) throw new InputRangeError(who, "deviation not to be 0", `[${deviation}]`);
    const scale = deviation.map((d) => checkNumber(who, "1 / deviation", 1 / d, FLOAT32));
    const offset = mean.map((m, i) => checkNumber(who, "-mean / deviation", -m / deviation[i], FLOAT32));
    return { shape: checked, scale, offset };
  }
  return {
    shape: checked,
    scale: perChannel(who, "scale", fields.scale ?? 1, channels),
    offset: perChannel(who, "offset", fields.offset ?? 0, channels),
  };
}

function perChannel(who: string, name: string, value: unknown, channels: number): number[] {
  const list: unknown[] = Array.isArray(value) ? value : new Array<unknown>(channels).fill(value);
  if (list.length !== channels) {
    throw new InputRangeError(
      who,
      `${name} to have ${channels} values, one per channel`,
      `${list.length}`,
      "shape-mismatch",
    );
  }
  return list.map((item) => checkNumber(who, name, item, FLOAT32));
}
