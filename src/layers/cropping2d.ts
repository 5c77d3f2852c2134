import { copyRows } from "../engine/operands/extra/copy.ts";
import { TooSmallError } from "../errors.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { paddingOf } from "./geometry.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import { border, type LayerOptions } from "./options.ts";
import { cropping, PlacedCopy, zeroPadding } from "./placed-copy.ts";
import { imageShape } from "./shape.ts";

const OPTIONS = {
  /** Rows and columns that are cut off the sides. */
  cropping: { kind: border(), default: 0 },
} as const satisfies OptionSchema;

/** Options of `cropping2d`. */
export interface CroppingOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * An image without its sides (Keras' Cropping2D): [h, w, c] to [h - top - bottom, w - left - right, c].
 *
 * @throws TypeError, RangeError for an unknown or wrong option, or where nothing is left
 * @example
 * cropping2d({ cropping: [2, 1] });
 */
export function cropping2d(options: CroppingOptions = {}): Layer {
  return CROPPING2D.create(options);
}

/** The type of `cropping2d` layers. */
export const CROPPING2D = layerType("cropping2d", OPTIONS, (options, header) => {
  const [top, bottom] = paddingOf({ name: header.type, padding: options.cropping }, 0, 0);
  const [left, right] = paddingOf({ name: header.type, padding: options.cropping }, 1, 0);
  return {
    ...header,
    stopsAtZero: "inherits",
    outputShape([input], who) {
      const [h, w, c] = imageShape(input, who);
      const output = [h - top - bottom, w - left - right, c];
      if (output[0] < 1 || output[1] < 1) {
        throw new TooSmallError(who, `an input of more than ${top + bottom} x ${left + right}`, `${h} x ${w}`);
      }
      return output;
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    place({ inputs: [input], output: [h, w], path }) {
      const large = imageShape(input, path);
      const [hp, wp, c] = large;
      return new PlacedCopy(
        cropping(large, [top, left], [h, w]),
        zeroPadding([h, w, c], [top, left], [hp, wp]),
        copyRows,
      );
    },
  };
});
