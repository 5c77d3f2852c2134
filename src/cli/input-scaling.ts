import { INPUT_PRESETS } from "../importing/input-presets.ts";
import type { InputOptions } from "../model/input.ts";
import { UsageError } from "./command-error.ts";
import { unknownName } from "./suggest.ts";

/** Options that say how pixels were scaled when a network was trained. */
export interface InputScalingOptions {
  readonly input?: string | undefined;
  readonly scale?: string | undefined;
  readonly mean?: string | undefined;
  readonly deviation?: string | undefined;
}

type Scaling = Omit<InputOptions, "shape">;

/** Words for a scaling: those of presets, and one for the network's own. */
export const SCALING_WORDS: readonly string[] = ["network", ...Object.keys(INPUT_PRESETS)];

/**
 * The scaling of pixels that options say: a file of weights does not hold it.
 *
 * @param own the network's, which `--input network` stands for
 * @throws UsageError if they say none, or two
 */
export function inputScaling(options: InputScalingOptions, own: Scaling): Scaling {
  const { input, scale, mean, deviation } = options;
  const given = [input, scale, mean ?? deviation].filter((word) => word !== undefined);
  if (given.length > 1) throw new UsageError("--input", "one of --input, --scale, --mean with --deviation", "several");
  if (input !== undefined) return namedScaling(input, own);
  if (scale !== undefined) return { scale: channelNumbers("--scale", scale) };
  if (mean === undefined || deviation === undefined) {
    const wanted =
      "the scaling of pixels, which a file of weights does not hold: --input, --scale, or --mean and --deviation";
    const got = mean !== undefined ? "--mean alone" : deviation !== undefined ? "--deviation alone" : "none";
    throw new UsageError("import", wanted, got, "missing");
  }
  return { mean: channelNumbers("--mean", mean), deviation: channelNumbers("--deviation", deviation) };
}

function namedScaling(word: string, own: Scaling): Scaling {
  if (word === "network") {
    const { scale, offset, mean, deviation } = own;
    return {
      ...(scale !== undefined && { scale }),
      ...(offset !== undefined && { offset }),
      ...(mean !== undefined && { mean }),
      ...(deviation !== undefined && { deviation }),
    };
  }
  const preset = Object.hasOwn(INPUT_PRESETS, word) ? INPUT_PRESETS[word] : undefined;
  if (preset === undefined) throw unknownName("--input", "one of", word, SCALING_WORDS);
  return preset;
}

/** A number, or one for each channel, such as "0.5" or "123.7,116.3,103.5". */
function channelNumbers(flag: string, word: string): number | readonly number[] {
  const numbers = word.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (!numbers.every(Number.isFinite)) throw new UsageError(flag, "a number, or one per channel", JSON.stringify(word));
  return numbers.length === 1 ? numbers[0] : numbers;
}
