import type { Tape } from "../engine/tape.ts";
import { InputRangeError } from "../errors.ts";
import { whole } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer } from "./placed-layer.ts";
import { type Shape, sizeOf } from "./shape.ts";

const OPTIONS = {
  /** The axis along which inputs are put side by side, the batch being axis 0. -1 is the last one: channels. */
  axis: { kind: whole(-3), default: -1 },
} as const satisfies OptionSchema;

/** Options of `concatenate`. */
export interface ConcatenateOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Concatenates two or more inputs (Keras' Concatenate); their shapes may differ along that axis alone.
 *
 * @throws RangeError for inputs whose other extents differ, or an axis that they do not have
 * @example
 * const x = input({ shape: [8, 8, 4] });
 * const y = concatenate().apply([x, conv2d({ filters: 2, kernelSize: 3, padding: "same" }).apply(x)]); // [8, 8, 6]
 */
export function concatenate(options: ConcatenateOptions = {}): Layer {
  return CONCATENATE.create(options);
}

/** The type of `concatenate` layers. */
export const CONCATENATE = layerType("concatenate", OPTIONS, ({ axis }, header, title) => {
  if (axis === 0) throw new InputRangeError(title, "an axis of a sample", "0, that of the batch");
  const axisOf = (shape: Shape) => (axis < 0 ? shape.length + axis : axis - 1);
  return {
    ...header,
    arity: [2, Number.POSITIVE_INFINITY],
    outputShape(inputs, who) {
      const [first] = inputs;
      const at = axisOf(first);
      if (at < 0 || at >= first.length) {
        throw new InputRangeError(who, `an axis of inputs [${first}]`, `${axis}`);
      }
      const rest = (shape: Shape) => shape.map((extent, i) => (i === at ? "any" : extent)).join();
      const other = inputs.find((shape) => shape.length !== first.length || rest(shape) !== rest(first));
      if (other !== undefined) {
        const expected = `inputs that differ along axis ${axis} alone`;
        throw new InputRangeError(who, expected, `[${first}] and [${other}]`, "shape-mismatch");
      }
      const extent = inputs.reduce((sum, shape) => sum + shape[at], 0);
      return first.map((value, i) => (i === at ? extent : value));
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    place: ({ inputs }) => new PlacedConcatenation(inputs, axisOf(inputs[0])),
  };
});

class PlacedConcatenation implements PlacedLayer {
  /** Rows of a sample, in which the inputs' columns lie side by side. */
  readonly #rows: number;
  /** Columns of each input. */
  readonly #columns: readonly number[];
  /** Columns of all. */
  readonly #width: number;

  constructor(inputs: readonly Shape[], axis: number) {
    this.#rows = sizeOf(inputs[0].slice(0, axis));
    this.#columns = inputs.map((shape) => sizeOf(shape.slice(axis)));
    this.#width = this.#columns.reduce((sum, columns) => sum + columns, 0);
  }

  forward(tape: Tape, n: number, { x, y }: ForwardPlaces): void {
    let to = y;
    for (const [i, columns] of this.#columns.entries()) {
      tape.add("copy_columns", "sample", n, x[i], to, this.#rows, columns, this.#width, columns);
      to += columns;
    }
  }

  backward({ samples }: BackwardTapes, n: number, { dy, dx }: BackwardPlaces): void {
    let from = dy;
    for (const [i, columns] of this.#columns.entries()) {
      if (dx[i] !== 0) samples.add("copy_columns", "sample", n, from, dx[i], this.#rows, this.#width, columns, columns);
      from += columns;
    }
  }
}
