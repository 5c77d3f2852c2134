import type { RasterImage } from "../image.ts";
import type { ImageShape } from "../pixels.ts";
import type { PixelScaling } from "../scaling.ts";
import type { LeftOut } from "./left-out.ts";

// Type aliases, because interfaces do not fit `Json`, as which the settings of a run are kept.

/** Names of the arrays in `.npz` and HDF5 files, where they are not to be guessed. */
export type ArrayNames = {
  /** Images to train on. */
  readonly xTrain?: string | undefined;
  /** Their labels. */
  readonly yTrain?: string | undefined;
  /** Images to test on. */
  readonly xTest?: string | undefined;
  /** Their labels. */
  readonly yTest?: string | undefined;
};

/** How data is read, as far as files of its format leave that open. Each option is for some formats only. */
export type ReadSettings = {
  /** NumPy, HDF5: names of the arrays. */
  readonly names?: ArrayNames | undefined;
  /** NumPy, HDF5, CSV: shape of an image that is stored as a row of numbers. Default: square and grey. */
  readonly shape?: ImageShape | undefined;
  /** NumPy, HDF5: images are `[channels, height, width]`, and are turned to channels last. Default false. */
  readonly channelsFirst?: boolean | undefined;
  /** CSV: where the labels are: "first", "last", a column's name, or its number from 1. Default: guessed. */
  readonly labelColumn?: string | number | undefined;
  /** CIFAR-100: which of its two labels. Default "fine". */
  readonly labels?: "fine" | "coarse" | undefined;
  /** Folders of pictures: every picture is stretched to this many pixels. Default: all must have one size. */
  readonly size?: readonly [height: number, width: number] | undefined;
  /** Folders of pictures: 1 grey, 3 red green blue. Default: 3 if any picture has colours. */
  readonly channels?: 1 | 3 | undefined;
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
   * did. Default false: values stay as the file has them.
   */
  readonly stretch?: boolean | "former" | undefined;
  /**
   * The scaling of a model's training data (`model.scaling`), in place of `stretch`: nothing is worked out anew. Pictures and
   * IDX files of bytes still count as 0 to 255 where the training data were of more than 8 bits.
   */
  readonly scaling?: PixelScaling | undefined;
  /** For data without images to test on: this share of each class becomes them. */
  readonly split?: number | undefined;
  /** Seed of the split. Default 0. */
  readonly splitSeed?: number | undefined;
  /** Leaves out files that look like data and cannot be read, with a note. Default false: the first one is an error. */
  readonly skipBroken?: boolean | undefined;
  /** So many times its size may come out of a packed file, beyond 64 MiB, which may come out of any. Default 100. */
  readonly maxExpansion?: number | undefined;
};

/**
 * Decodes a picture, and refuses one of more than `maxBytes` bytes of pixels before it does.
 *
 * @throws RangeError if it cannot be decoded
 */
export type DecodeImage = (
  bytes: Uint8Array,
  name: string,
  limits: { readonly maxBytes: number },
) => Promise<RasterImage>;

/** All that the readers may be told. */
export interface ReadDataOptions extends ReadSettings {
  /** Decodes pictures. Default: PNG everywhere, JPEG where the browser does. */
  readonly decodeImage?: DecodeImage | undefined;
  /** Called as pictures or rows are read, with how many there are in all where that is known. */
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined;
  /** Settings that hold where the files' format knows them and no other is given. Default none. */
  readonly usual?: ReadSettings | undefined;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** The options of the readers of a data set, and the place where they note what they leave out. */
export interface ReadContext extends ReadDataOptions {
  readonly leftOut: LeftOut;
}
