import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import type { OptionKind } from "../options/kinds.ts";
import type { Shape } from "./shape.ts";

/** One axis or several: the batch is axis 0, and -1 the last one, channels. */
export function someAxes(): OptionKind<number | readonly number[], readonly number[]> {
  const wanted = "an axis or a list of axes, from 1 to 3 or from -3 to -1";
  return {
    field: "value",
    wanted,
    read(who, key, value) {
      const list: unknown[] = Array.isArray(value) ? [...value] : [value];
      const isNumber = (axis: unknown): axis is number => typeof axis === "number";
      if (list.length === 0 || !list.every(isNumber)) {
        throw new InputTypeError(who, `${key} to be ${wanted}`, shown(value));
      }
      const isAxis = (axis: number) => Number.isInteger(axis) && axis !== 0 && Math.abs(axis) <= 3;
      if (!list.every(isAxis)) throw new InputRangeError(who, `${key} to be ${wanted}`, shown(value));
      return list;
    },
  };
}

/**
 * Axes of a shape without the batch, in order and counted from 0.
 *
 * @throws RangeError that starts with `who` for an axis that the shape lacks, or one that is there twice
 */
export function axesOf(axes: readonly number[], shape: Shape, who: string): readonly number[] {
  const places = axes.map((axis) => (axis < 0 ? shape.length + axis : axis - 1)).sort((a, b) => a - b);
  const isRight = places.every((place, i) => place >= 0 && place < shape.length && place !== places[i - 1]);
  if (!isRight) throw new InputRangeError(who, `axes of inputs [${shape}], each once`, axes.join(", "));
  return places;
}
