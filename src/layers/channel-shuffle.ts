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
  /** Parts that the channels come from, which must divide their number. */
  groups: { kind: whole(1) },
} as const satisfies OptionSchema;

/** Options of `channelShuffle`. */
export interface ChannelShuffleOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * The channels of each pixel, one from each of `groups` neighbouring parts in turn (PyTorch's ChannelShuffle), so that
 * grouped convolutions see all of them (Zhang et al., 2018). With 2 groups channels 0 1 2 3 become 0 2 1 3.
 *
 * @throws TypeError, RangeError for an unknown or wrong option, or channels that the groups do not divide
 * @example
 * channelShuffle({ groups: 2 });
 */
export function channelShuffle(options: ChannelShuffleOptions): Layer {
  return CHANNEL_SHUFFLE.create(options);
}

/** The type of `channelShuffle` layers. */
export const CHANNEL_SHUFFLE = layerType("channelShuffle", OPTIONS, ({ groups }, header) => ({
  ...header,
  stopsAtZero: "inherits",
  outputShape([input], who) {
    const c = input[input.length - 1];
    if (c % groups === 0) return input;
    throw new InputRangeError(who, `input channels divisible by ${groups} groups`, `${c}`, "shape-mismatch");
  },
  parameters: () => [],
  multiplyAdds: () => 0,
  place({ inputs: [input] }) {
    const c = input[input.length - 1];
    const positions = sizeOf(input) / c;
    const shuffle = (parts: number): Copy => {
      const sizes = [positions, c / parts, parts, c, c / parts, c, parts] as const;
      return (tape, n, x, y) => tape.add("transpose", "sample", n, x, y, ...sizes);
    };
    return new PlacedCopy(shuffle(groups), shuffle(c / groups), copyRows);
  },
}));
