import { InputTypeError } from "../../errors.ts";
import { nested } from "../../options/compound.ts";
import { choice, extents, extentsOr, flag, flagOr, number, text, whole } from "../../options/kinds.ts";
import { type OptionSchema, type OptionSpec, type OptionsOf, readGiven, type ValuesOf } from "../../options/schema.ts";
import { MAX_EXPANSION } from "../expansion.ts";
import { PICTURE_FITS } from "../picture-fit.ts";
import { PIXEL_SCALING } from "../scaling.ts";
import type { FormatName } from "./formats.ts";
import { column, greyOrColours } from "./setting-kinds.ts";

/** A setting of the readers, and the formats of files that know it. */
interface SettingSpec extends OptionSpec {
  readonly formats?: readonly FormatName[];
}

/** Longest side of an image, and most channels: what such an image needs is checked where it is made. */
const MAX_EXTENT = 2 ** 16;

const ARRAY_NAMES = {
  /** Images to train on. */
  xTrain: { kind: text(), optional: true },
  /** Labels of the images to train on. */
  yTrain: { kind: text(), optional: true },
  /** Images to test on. */
  xTest: { kind: text(), optional: true },
  /** Labels of the images to test on. */
  yTest: { kind: text(), optional: true },
} as const satisfies OptionSchema;

/** Formats whose pixels can stay in their files. */
const STREAMED: readonly FormatName[] = ["pictures", "NumPy", "HDF5", "IDX", "safetensors"];

/** Settings of the readers of data files. */
export const READ_SETTINGS = {
  /** Share of each class that is held out from data without a test set. */
  split: { kind: number({ above: 0, below: 1 }), optional: true },
  /** Seed of all that is held out or drawn. */
  splitSeed: { kind: whole(0), default: 0, rare: true },
  /**
   * Height and width that all pictures are stretched to, or auto. Without it they must have one size. auto chooses their own where
   * all have the same of at most 128 x 128, else a square: of 64 x 64, or smaller where the shorter sides are, by their median.
   */
  size: { kind: extentsOr("auto", ["height", "width"], MAX_EXTENT), optional: true, formats: ["pictures"] },
  /**
   * Way to another shape: stretch, crop (the middle) or contain (all). The latter two scale as Pillow and torchvision do, contain
   * leaves black bars. If not given, as the model's training data in `scaling`, else stretch.
   */
  fit: { kind: choice(PICTURE_FITS), optional: true, formats: ["pictures"] },
  /** Channels of the images, 1 grey or 3 colours. If not given, 3 where any picture has colours. */
  channels: { kind: greyOrColours(), optional: true, formats: ["pictures"], rare: true },
  /**
   * Pictures of a list have any number of labels each. If not given, where the list separates some by semicolons or has them as a JSON
   * array. With it rows of one picture add their labels up, and an empty label means none; with false semicolons are a part of a label.
   */
  multiLabel: { kind: flag(), optional: true, formats: ["pictures"], rare: true },
  /** Names of the arrays, where they are not to be guessed. */
  names: { kind: nested(ARRAY_NAMES), optional: true, formats: ["NumPy", "HDF5", "safetensors"], rare: true },
  /** Shape of an image that is a row of numbers. If not given, a grey square. */
  shape: {
    kind: extents(["height", "width", "channels"], MAX_EXTENT),
    optional: true,
    formats: ["NumPy", "HDF5", "safetensors", "CSV"],
  },
  /** Images are stored as channels x height x width. */
  channelsFirst: { kind: flag(), default: false, formats: ["NumPy", "HDF5", "safetensors"], rare: true },
  /** Column of the labels, as first, last, a name or a number from 1. Guessed if not given. */
  labelColumn: { kind: column(), optional: true, formats: ["CSV"] },
  /** The label that is taken of the two that an image has. */
  labels: { kind: choice(["fine", "coarse"]), default: "fine", formats: ["CIFAR-100"], rare: true },
  /**
   * Brings pixels to 0 to 255, the unit of bytes, which networks scale their input for. What is black and what is white is
   * decided by all images to train on:
   *
   * - 0 and 1, where no value is further than a quarter outside of that, and some are above 0.25;
   * - 0 and 255, where none is further than 64 outside of that, and some are above 64: these stay as they are;
   * - else the lowest and the highest value, or 0 in place of a lowest value that is above it and below a quarter of the
   *   highest. Sparse outliers (one of 1000 values, three ranges away from all others) don't count, and are cut.
   *
   * Pictures that are transparent in parts have a white ground there. Among 16 bits of which only few are used, as 12 of 16, it is
   * the white that was decided by what can be seen: values from 0, or nearly, to one between 64 and 16383.
   *
   * The same is done to the images to test on; `Dataset.scaling` and a note say what was done. `"former"` decides as version 0.1
   * did. Without it values stay as the file has them.
   */
  stretch: { kind: flagOr("former"), default: false },
  /**
   * The scaling of a model's training data (`model.scaling`), in place of `stretch`: nothing is worked out anew. Pictures and
   * IDX files of bytes still count as 0 to 255 where the training data were of more than 8 bits.
   */
  scaling: { kind: PIXEL_SCALING, optional: true },
  /**
   * Reads pixels batch by batch, when training needs them. auto: where they take more than the memory limit. If not given, auto on the
   * command line, and false elsewhere. Arrays are read by range, pictures decoded ahead in worker threads. The weights are those of the same data in memory.
   */
  streaming: { kind: flagOr("auto"), optional: true, formats: STREAMED, rare: true },
  /** Most memory for pixels, in MB. With streaming auto larger data is not read into memory, and batches are read ahead within it. */
  memoryLimit: { kind: number({ above: 0 }), default: 2000, formats: STREAMED, rare: true },
  /**
   * Leaves out all files that cannot be read, with a note. If not given, up to one in a hundred; more are an error. With false any that
   * looks like data is one.
   */
  skipBroken: { kind: flag(), optional: true },
  /** Most that may come out of a packed file beyond 64 MiB, as a multiple of its size. */
  maxExpansion: { kind: number({ minimum: 1, maximum: 1e6 }), default: MAX_EXPANSION, rare: true },
} as const satisfies { readonly [key: string]: SettingSpec };

// Type aliases, because interfaces do not fit `Json`, as which the settings of a run are kept.

/** Names of the arrays in `.npz` and HDF5 files, where they are not to be guessed. */
export type ArrayNames = OptionsOf<typeof ARRAY_NAMES>;

/** Settings of how data is read, as far as its format leaves that open. Each one is for some formats only. */
export type ReadSettings = OptionsOf<typeof READ_SETTINGS>;

/** Settings of the readers, with the defaults. */
export type ReadValues = ValuesOf<typeof READ_SETTINGS>;

/**
 * Checks settings of the readers, from plain JavaScript or from a file, and returns those that were given.
 *
 * @param who stands in error messages
 * @throws TypeError, RangeError for an unknown or wrong one
 */
export function checkReadSettings(who: string, given: unknown): ReadSettings {
  const settings = readGiven(who, READ_SETTINGS, given);
  if (settings.scaling === undefined || !settings.stretch) return settings;
  throw new InputTypeError(who, "stretch or scaling", "both", "contradiction");
}
