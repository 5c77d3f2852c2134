import { elementwiseRows } from "../engine/operands/extra/elementwise.ts";
import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";

/**
 * x / 6 + 1 / 2, at least 0 and at most 1 (Keras' and PyTorch's hard sigmoid); any shape. Where the output is 0 or 1 there is no
 * gradient.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * hardSigmoid();
 */
export function hardSigmoid(options: LayerOptions = {}): Layer {
  return HARD_SIGMOID.create(options);
}

/** The type of `hardSigmoid` layers. */
export const HARD_SIGMOID = layerType("hardSigmoid", {}, (_, header) => ({
  ...elementwise(header, {
    kernels: elementwiseRows,
    forward: (tape, n, x, y, size) => tape.add("hard_sigmoid_forward", "sample", n, x, y, size),
    backward: (tape, n, { y, dy, dx }, size) => tape.add("hard_sigmoid_backward", "sample", n, y, dy, dx, size),
  }),
  stopsAtZero: "always",
}));

/**
 * x times the hard sigmoid of x (Howard et al., 2019; Keras' hard_swish and hard_silu); any shape.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * hardSwish();
 */
export function hardSwish(options: LayerOptions = {}): Layer {
  return HARD_SWISH.create(options);
}

/** The type of `hardSwish` layers. */
export const HARD_SWISH = layerType("hardSwish", {}, (_, header) =>
  elementwise(header, {
    kernels: elementwiseRows,
    forward: (tape, n, x, y, size) => tape.add("hard_swish_forward", "sample", n, x, y, size),
    backward: (tape, n, { x, dy, dx }, size) => tape.add("hard_swish_backward", "sample", n, x, dy, dx, size),
  }),
);
