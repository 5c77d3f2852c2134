import { copyRows } from "../engine/operands/extra/copy.ts";
import { InputRangeError } from "../errors.ts";
import { whole } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import { type Copy, PlacedCopy } from "./placed-copy.ts";
import { sizeOf } from "./shape.ts";

const OPTIONS = {
  /** First channel, counted from 0. */
  start: { kind: whole(0), default: 0 },
  /** Channel after the last one; where none is given, all from the first on. */
  end: { kind: whole(1), optional: true },
} as const satisfies OptionSchema;

/** Places of a slice in a sample: its first float, the strides of rows and positions, and the floats of a sample. */
type Ends = readonly [first: number, row: number, position: number, size: number];

/** Options of `channelSlice`. */
export interface ChannelSliceOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Some neighbouring channels: [h, w, c] to [h, w, end - start], or of a vector [c] to [end - start]. Several of them split a tensor, which
 * `concatenate` puts together again.
 *
 * @throws TypeError, RangeError for an unknown or wrong option, or channels that the input does not have
 * @example
 * const x = input({ shape: [8, 8, 6] });
 * const left = channelSlice({ end: 2 }).apply(x); // [8, 8, 2]
 * const right = channelSlice({ start: 2 }).apply(x); // [8, 8, 4]
 */
export function channelSlice(options: ChannelSliceOptions = {}): Layer {
  return CHANNEL_SLICE.create(options);
}

/** The type of `channelSlice` layers. */
export const CHANNEL_SLICE = layerType("channelSlice", OPTIONS, ({ start, end }, header, title) => {
  if (end !== undefined && end <= start) {
    throw new InputRangeError(title, `end above the start, ${start}`, `${end}`, "contradiction");
  }
  return {
    ...header,
    stopsAtZero: "inherits",
    outputShape([input], who) {
      const c = input[input.length - 1];
      if (c < (end ?? start + 1)) {
        throw new InputRangeError(
          who,
          `an input of at least ${end ?? start + 1} channels`,
          `[${input}]`,
          "shape-mismatch",
        );
      }
      return [...input.slice(0, -1), (end ?? c) - start];
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    place({ inputs: [input], output }) {
      const [c, count] = [input, output].map((shape) => shape[shape.length - 1]);
      const positions = sizeOf(input) / c;
      const copy = (from: Ends, to: Ends): Copy => {
        const sizes = [1, positions, count, ...from, ...to] as const;
        return (tape, n, x, y) => tape.add("copy_boxes", "sample", n, x, y, ...sizes);
      };
      const whole = [start, 0, c, positions * c] as const;
      const part = [0, 0, count, positions * count] as const;
      return new PlacedCopy(copy(whole, part), copy(part, whole), copyRows);
    },
  };
});
