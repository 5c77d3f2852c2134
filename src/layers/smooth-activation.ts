import { elementwiseRows } from "../engine/operands/extra/elementwise.ts";
import { flag, number } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { elementwise } from "./elementwise.ts";
import type { Layer, LayerDefinition, LayerHeader } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";

const GELU_OPTIONS = {
  /** True: the form by tanh, x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, as in Keras and PyTorch's "tanh". */
  approximate: { kind: flag(), default: false },
} as const satisfies OptionSchema;

/** Options of `gelu`. */
export interface GeluOptions extends LayerOptions, OptionsOf<typeof GELU_OPTIONS> {}

/**
 * x times the normal distribution function of x (Hendrycks & Gimpel, 2016); any shape. The exact form, as the option
 * `activation: "gelu"` of other layers has it, unless `approximate` asks for the other.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * gelu({ approximate: true });
 */
export function gelu(options: GeluOptions = {}): Layer {
  return GELU.create(options);
}

/** The type of `gelu` layers. */
export const GELU = layerType("gelu", GELU_OPTIONS, ({ approximate }, header) => {
  const form = Number(approximate);
  return elementwise(header, {
    kernels: elementwiseRows,
    forward: (tape, n, x, y, size) => tape.add("gelu_forward", "sample", n, x, y, size, form),
    backward: (tape, n, { x, dy, dx }, size) => tape.add("gelu_backward", "sample", n, x, dy, dx, size, form),
  });
});

/**
 * x / (1 + e^-x), also called swish (Elfwing et al., 2017; Ramachandran et al., 2017; Keras' silu and swish); any shape.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * silu();
 */
export function silu(options: LayerOptions = {}): Layer {
  return SILU.create(options);
}

/** The type of `silu` layers. */
export const SILU = layerType("silu", {}, (_, header) =>
  elementwise(header, {
    kernels: elementwiseRows,
    forward: (tape, n, x, y, size) => tape.add("silu_forward", "sample", n, x, y, size),
    backward: (tape, n, { x, dy, dx }, size) => tape.add("silu_backward", "sample", n, x, dy, dx, size),
  }),
);

const ELU_OPTIONS = {
  /** Factor of e^x - 1 below 0: outputs come close to -alpha where inputs are far below 0. */
  alpha: { kind: number({ minimum: 0, float32: true }), default: 1 },
} as const satisfies OptionSchema;

/** Options of `elu`. */
export interface EluOptions extends LayerOptions, OptionsOf<typeof ELU_OPTIONS> {}

/**
 * x where it is positive, else `alpha` (e^x - 1) (Clevert et al., 2016; Keras' ELU); any shape.
 *
 * @throws RangeError for a negative `alpha`
 * @example
 * elu({ alpha: 0.5 });
 */
export function elu(options: EluOptions = {}): Layer {
  return ELU.create(options);
}

/** The type of `elu` layers. */
export const ELU = layerType("elu", ELU_OPTIONS, ({ alpha }, header) => exponentialLinear(header, 1, alpha));

/** The slope above 0 and the depth below, with which outputs keep a mean of 0 and a variance of 1 from layer to layer. */
export const SELU_SLOPE = 1.0507009873554805;
export const SELU_DEPTH = SELU_SLOPE * 1.6732632423543772;

/**
 * 1.0507 x where it is positive, else 1.7581 (e^x - 1) (Klambauer et al., 2017; Keras' selu); any shape. The weights before it should
 * start with `lecunNormal`.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * selu();
 */
export function selu(options: LayerOptions = {}): Layer {
  return SELU.create(options);
}

/** The type of `selu` layers. */
export const SELU = layerType("selu", {}, (_, header) => exponentialLinear(header, SELU_SLOPE, SELU_DEPTH));

function exponentialLinear(header: LayerHeader, slope: number, depth: number): LayerDefinition {
  return elementwise(header, {
    kernels: elementwiseRows,
    forward: (tape, n, x, y, size) => tape.add("elu_forward", "sample", n, x, y, size, slope, depth),
    backward: (tape, n, { y, dy, dx }, size) => tape.add("elu_backward", "sample", n, y, dy, dx, size, slope, depth),
  });
}

/**
 * log(1 + e^x), a smooth ReLU (Keras' softplus); any shape.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * softplus();
 */
export function softplus(options: LayerOptions = {}): Layer {
  return SOFTPLUS.create(options);
}

/** The type of `softplus` layers. */
export const SOFTPLUS = layerType("softplus", {}, (_, header) =>
  elementwise(header, {
    kernels: elementwiseRows,
    forward: (tape, n, x, y, size) => tape.add("softplus_forward", "sample", n, x, y, size),
    backward: (tape, n, { y, dy, dx }, size) => tape.add("softplus_backward", "sample", n, y, dy, dx, size),
  }),
);

/**
 * x tanh(log(1 + e^x)) (Misra, 2020; Keras' mish); any shape.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * mish();
 */
export function mish(options: LayerOptions = {}): Layer {
  return MISH.create(options);
}

/** The type of `mish` layers. */
export const MISH = layerType("mish", {}, (_, header) =>
  elementwise(header, {
    kernels: elementwiseRows,
    forward: (tape, n, x, y, size) => tape.add("mish_forward", "sample", n, x, y, size),
    backward: (tape, n, { x, dy, dx }, size) => tape.add("mish_backward", "sample", n, x, dy, dx, size),
  }),
);
