import { isInputError } from "../errors.ts";
import type { InputScaling } from "../importing/foreign-model.ts";
import { INPUT_PRESETS, INPUT_SCALING, isPreset } from "../importing/input-presets.ts";
import { INPUT } from "../model/input.ts";
import { flagName } from "../options/names.ts";
import { UsageError } from "./command-error.ts";
import { parsePairs } from "./spec.ts";
import { unknownName } from "./suggest.ts";

/** Options that say how pixels were scaled when a network was trained. */
export interface InputScalingOptions {
  readonly input?: string | undefined;
  readonly scale?: string | undefined;
  readonly mean?: string | undefined;
  readonly deviation?: string | undefined;
}

/** Words for a scaling: those of presets, and one for the network's own. */
export const SCALING_WORDS: readonly string[] = ["network", ...Object.keys(INPUT_PRESETS)];

/**
 * The scaling of pixels that options say for a network that is given; files of weights do not hold it.
 *
 * @param own the network's, which `--input network` stands for
 * @throws UsageError if they say none, or two
 */
export function networkScaling(options: InputScalingOptions, own: InputScaling): InputScaling {
  const scaling = options.input === "network" ? scalingOf(own) : givenScaling(options);
  if (scaling !== undefined) return scaling;
  const wanted =
    "the scaling of pixels, which a file of weights does not hold: --input, --scale, or --mean and --deviation";
  throw new UsageError("import", wanted, "none", "missing");
}

/**
 * The scaling of pixels that options say; undefined if they say none.
 *
 * @throws UsageError if they say two, or half of one
 */
export function givenScaling(options: InputScalingOptions): InputScaling | undefined {
  const { input, scale, mean, deviation } = options;
  const given = [input, scale, mean ?? deviation].filter((word) => word !== undefined);
  if (given.length > 1) throw new UsageError("--input", "one of --input, --scale, --mean with --deviation", "several");
  if (input !== undefined) {
    if (isPreset(input)) return INPUT_PRESETS[input];
    if (input.includes("=")) return INPUT_SCALING.read("--input", "scaling", parsePairs("--input", input));
    if (input !== "network") throw unknownName("--input", "one of", input, SCALING_WORDS);
    throw new UsageError("--input network", "a network that is given by --model", "none", "missing");
  }
  if (scale !== undefined) return { scale: channelNumbers("scale", scale) };
  if (mean === undefined && deviation === undefined) return undefined;
  if (mean === undefined || deviation === undefined) {
    const got = mean !== undefined ? "--mean alone" : "--deviation alone";
    throw new UsageError("import", "--mean and --deviation together", got, "missing");
  }
  return { mean: channelNumbers("mean", mean), deviation: channelNumbers("deviation", deviation) };
}

/** The scaling of an input, without its shape. */
function scalingOf({ scale, offset, mean, deviation }: InputScaling): InputScaling {
  return {
    ...(scale !== undefined && { scale }),
    ...(offset !== undefined && { offset }),
    ...(mean !== undefined && { mean }),
    ...(deviation !== undefined && { deviation }),
  };
}

/** A number, or one for each channel, such as "0.5" or "123.7,116.3,103.5", as the option of an input reads them. */
function channelNumbers(key: "scale" | "mean" | "deviation", word: string): number | readonly number[] {
  const { kind } = INPUT[key];
  const numbers = word.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  try {
    return kind.read("", key, numbers.length === 1 ? numbers[0] : numbers);
  } catch (error) {
    if (!isInputError(error)) throw error;
    throw new UsageError(flagName(key), kind.wanted, JSON.stringify(word));
  }
}
