import { copyRows } from "../engine/operands/extra/copy.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { paddingOf } from "./geometry.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import { border, type LayerOptions } from "./options.ts";
import { cropping, PlacedCopy, zeroPadding } from "./placed-copy.ts";
import { imageShape } from "./shape.ts";

const OPTIONS = {
  /** Rows and columns of zeros at the sides. */
  padding: { kind: border(), default: 1 },
} as const satisfies OptionSchema;

/** Options of `zeroPadding2d`. */
export interface ZeroPaddingOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Zeros around an image (Keras' ZeroPadding2D): [h, w, c] to [top + h + bottom, left + w + right, c]. A convolution right behind it
 * pads for it.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * zeroPadding2d({ padding: [[0, 1], [0, 1]] });
 */
export function zeroPadding2d(options: ZeroPaddingOptions = {}): Layer {
  return ZERO_PADDING2D.create(options);
}

/** The type of `zeroPadding2d` layers. */
export const ZERO_PADDING2D = layerType("zeroPadding2d", OPTIONS, ({ padding }, header) => {
  const [top, bottom] = paddingOf({ name: header.type, padding }, 0, 0);
  const [left, right] = paddingOf({ name: header.type, padding }, 1, 0);
  return {
    ...header,
    stopsAtZero: "inherits",
    border: [
      [top, bottom],
      [left, right],
    ],
    outputShape([input], who) {
      const [h, w, c] = imageShape(input, who);
      return [top + h + bottom, left + w + right, c];
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    place({ inputs: [input], output: [hp, wp], path, needsInputGradient }) {
      const small = imageShape(input, path);
      const [h, w, c] = small;
      const kernels = needsInputGradient ? copyRows : undefined;
      const back = cropping([hp, wp, c], [top, left], [h, w]);
      return new PlacedCopy(zeroPadding(small, [top, left], [hp, wp]), back, kernels);
    },
  };
});
