import { copyRows } from "../engine/operands/extra/copy.ts";
import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import type { OptionKind } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import { type Copy, PlacedCopy } from "./placed-copy.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** The numbers from 1 to that of the axes in some order. */
function axes(): OptionKind<readonly number[], readonly number[]> {
  const wanted = "the axes 1 to 3, or as many as there are, each once";
  const isAxis = (value: unknown): value is number => typeof value === "number";
  return {
    field: "value",
    wanted,
    read(who, key, value) {
      const list: unknown[] = Array.isArray(value) ? [...value] : [];
      if (list.length === 0 || !list.every(isAxis))
        throw new InputTypeError(who, `${key} to be ${wanted}`, shown(value));
      const isRight = list.length <= 3 && [...list].sort().every((axis, i) => axis === i + 1);
      if (!isRight) throw new InputRangeError(who, `${key} to be ${wanted}`, shown(value));
      return list;
    },
  };
}

const OPTIONS = {
  /** Axis of the input that each axis of the output is, the batch being axis 0. */
  dims: { kind: axes() },
} as const satisfies OptionSchema;

/** Options of `permute`. */
export interface PermuteOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * The axes of each sample in another order (Keras' Permute).
 *
 * @throws TypeError, RangeError for an unknown or wrong option, or an input with another number of axes
 * @example
 * permute({ dims: [3, 1, 2] }); // [h, w, c] to [c, h, w]
 */
export function permute(options: PermuteOptions): Layer {
  return PERMUTE.create(options);
}

/** The type of `permute` layers. */
export const PERMUTE = layerType("permute", OPTIONS, ({ dims }, header) => {
  const order = dims.map((axis) => axis - 1);
  const isSame = order.every((axis, i) => axis === i);
  return {
    ...header,
    ...(isSame && ({ alias: "always", passesGradient: "all" } as const)),
    stopsAtZero: "inherits",
    outputShape([input], who) {
      if (input.length === order.length) return order.map((axis) => input[axis]);
      throw new InputRangeError(who, `an input of ${order.length} axes`, `[${input}]`, "shape-mismatch");
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    place: ({ inputs: [input], output }) =>
      new PlacedCopy(permutation(input, order), permutation(output, inverse(order)), isSame ? undefined : copyRows),
  };
});

/** The order that takes another one back. */
function inverse(order: readonly number[]): readonly number[] {
  return order.map((_, axis) => order.indexOf(axis));
}

/** The copy that makes axis `order[i]` of an array axis i of another. */
function permutation(shape: Shape, order: readonly number[]): Copy {
  // Three axes, of which the first may be 1.
  const missing = 3 - shape.length;
  const extents = [1, 1, ...shape].slice(-3);
  const from = [0, 1, 2].map((i) => (i < missing ? i : order[i - missing] + missing));
  const strides = stridesOf(extents);
  const to = from.map((axis) => extents[axis]);
  const toStrides = stridesOf(to);
  const size = sizeOf(shape);
  if (from[2] === 2) {
    const [rows, columns, depth] = to;
    const [row, column] = from.map((axis) => strides[axis]);
    const sizes = [rows, columns, depth, 0, row, column, size, 0, toStrides[0], toStrides[1], size] as const;
    return (tape, n, x, y) => tape.add("copy_boxes", "sample", n, x, y, ...sizes);
  }
  // The last axis of the input becomes another one, whose index counts rows of the result; the third axis counts matrices.
  const rowAxis = from.indexOf(2);
  const count = 1 - rowAxis;
  const steps = [strides[from[count]], strides[from[2]], toStrides[count], toStrides[rowAxis]] as const;
  const sizes = [to[count], to[rowAxis], to[2], ...steps] as const;
  return (tape, n, x, y) => tape.add("transpose", "sample", n, x, y, ...sizes);
}

function stridesOf([, columns, depth]: readonly number[]): readonly [number, number, number] {
  return [columns * depth, depth, 1];
}
