import { defineLayer, type Layer, sizeOf } from "./layer.ts";
import { type LayerOptions, OptionReader } from "./options.ts";

export interface FlattenOptions extends LayerOptions {
  /**
   * First of the axes that become one, 1 to 3, the batch being axis 0 (ONNX' axis, PyTorch's start_dim). Default 1: all.
   */
  axis?: number;
}

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
  return readFlatten(options);
}

/** The same from options of unknown origin. */
export function readFlatten(options: object): Layer {
  const reader = new OptionReader("flatten", options, ["axis"]);
  const axis = reader.integer("axis", 1, 1);
  return defineLayer({
    type: "flatten",
    alias: "always",
    passesGradient: "all",
    stopsAtZero: "inherits",
    config: reader.config,
    outputShape([input], who) {
      if (axis > input.length) {
        throw new RangeError(
          `${who}: expected an axis of at most ${input.length} for an input of [${input}], got ${axis}`,
        );
      }
      const flat = sizeOf(input.slice(axis - 1));
      return axis === 1 ? [flat] : [sizeOf(input) / flat, 1, flat];
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    place: () => ({ forward: () => undefined, backward: () => undefined }),
  });
}
