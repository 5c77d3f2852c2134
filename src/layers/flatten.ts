import { InputRangeError } from "../errors.ts";
import { whole } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import { sizeOf } from "./shape.ts";

const OPTIONS = {
  /** First of the axes that become one, 1 to 3, the batch being axis 0 (ONNX' axis, PyTorch's start_dim). 1: all. */
  axis: { kind: whole(1), default: 1 },
} as const satisfies OptionSchema;

/** Options of `flatten`. */
export interface FlattenOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * [h, w, c] to [h w c]. Costs nothing: the numbers stay where they are, in the order height, width, channel.
 *
 * From a later axis on, an image's rows or pixels stay apart, as an image one column wide: axis 2 gives [h, 1, w c], axis 3
 * [h w, 1, c]. What ONNX then does by a matrix product on each row is `conv2d({ filters, kernelSize: 1 })`. ONNX' axis 0, which
 * makes one row of the whole batch, has no counterpart: layers see one sample at a time.
 *
 * @throws RangeError for an axis that the input does not have
 * @example
 * flatten();
 */
export function flatten(options: FlattenOptions = {}): Layer {
  return FLATTEN.create(options);
}

/** The type of `flatten` layers. */
export const FLATTEN = layerType("flatten", OPTIONS, ({ axis }, header) => ({
  ...header,
  alias: "always",
  passesGradient: "all",
  stopsAtZero: "inherits",
  outputShape([input], who) {
    if (axis > input.length) {
      throw new InputRangeError(who, `an axis of at most ${input.length} for an input of [${input}]`, `${axis}`);
    }
    const flat = sizeOf(input.slice(axis - 1));
    return axis === 1 ? [flat] : [sizeOf(input) / flat, 1, flat];
  },
  parameters: () => [],
  multiplyAdds: () => 0,
  place: () => ({ forward: () => undefined, backward: () => undefined }),
}));
