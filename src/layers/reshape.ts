import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import type { OptionKind } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** Most axes of a shape: those of an image. */
const MOST_AXES = 3;

/** Extents of a shape, of which one may be -1, for what is left. */
function targetShape(): OptionKind<Shape, Shape> {
  const wanted = `1 to ${MOST_AXES} whole numbers from 1 on, of which one may be -1`;
  const isExtent = (value: unknown): value is number =>
    Number.isSafeInteger(value) && (Number(value) >= 1 || value === -1);
  return {
    field: "value",
    wanted,
    read(who, key, value) {
      const list: unknown[] = Array.isArray(value) ? [...value] : [value];
      const isRight = list.length >= 1 && list.length <= MOST_AXES && list.every(isExtent);
      if (isRight && list.filter((extent) => extent === -1).length <= 1) return list;
      const Wrong = list.every((item) => typeof item === "number") ? InputRangeError : InputTypeError;
      throw new Wrong(who, `${key} to be ${wanted}`, shown(value));
    },
  };
}

const OPTIONS = {
  /** Shape of a sample's output, [height, width, channels] of an image; one extent may be -1, for what is left. */
  targetShape: { kind: targetShape() },
} as const satisfies OptionSchema;

/** Options of `reshape`. */
export interface ReshapeOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * The same numbers in another shape (Keras' Reshape). Costs nothing: they stay where they are, in the order height, width, channel.
 *
 * @throws TypeError, RangeError for an unknown or wrong option, or an input of another size
 * @example
 * reshape({ targetShape: [7, 7, -1] });
 */
export function reshape(options: ReshapeOptions): Layer {
  return RESHAPE.create(options);
}

/** The type of `reshape` layers. */
export const RESHAPE = layerType("reshape", OPTIONS, ({ targetShape: target }, header) => ({
  ...header,
  alias: "always",
  passesGradient: "all",
  stopsAtZero: "inherits",
  outputShape([input], who) {
    const size = sizeOf(input);
    const known = sizeOf(target.filter((extent) => extent !== -1));
    const rest = size / known;
    const isRight = target.includes(-1) ? Number.isInteger(rest) : rest === 1;
    if (!isRight) {
      const expected = `an input of the size of [${target}]`;
      throw new InputRangeError(who, expected, `[${input}], ${size} numbers`, "shape-mismatch");
    }
    return target.map((extent) => (extent === -1 ? rest : extent));
  },
  parameters: () => [],
  multiplyAdds: () => 0,
  place: () => ({ forward: () => undefined, backward: () => undefined }),
}));
