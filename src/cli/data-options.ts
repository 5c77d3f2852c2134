import { type Command, InvalidArgumentError, Option } from "commander";
import { MAX_EXPANSION } from "../data/expansion.ts";
import type { ArrayNames, ReadSettings } from "../data/read/options.ts";
import { UsageError } from "./errors.ts";
import { seedNumber } from "./numbers.ts";
import { parsePairs } from "./spec.ts";
import { unknownName } from "./suggest.ts";

/** The options that say how files of data are to be read. */
export interface FileOptions {
  readonly names?: string | undefined;
  readonly shape?: readonly number[] | undefined;
  readonly channelsFirst?: boolean | undefined;
  readonly labelColumn?: string | undefined;
  readonly labels?: "fine" | "coarse" | undefined;
  readonly size?: readonly number[] | undefined;
  readonly channels?: "1" | "3" | undefined;
  readonly keepValues?: boolean | undefined;
  readonly split?: number | undefined;
  readonly splitSeed?: number | undefined;
  readonly skipBroken?: boolean | undefined;
  readonly maxExpansion?: number | undefined;
}

const NAMES: Readonly<Record<string, keyof ArrayNames>> = {
  x_train: "xTrain",
  y_train: "yTrain",
  x_test: "xTest",
  y_test: "yTest",
};

/** The names of the options, as in {@link FileOptions}, with those of the command line. */
const FLAGS = {
  names: "--names",
  shape: "--shape",
  channelsFirst: "--channels-first",
  labelColumn: "--label-column",
  labels: "--labels",
  size: "--size",
  channels: "--channels",
  keepValues: "--keep-values",
  split: "--split",
  splitSeed: "--split-seed",
  skipBroken: "--skip-broken",
  maxExpansion: "--max-expansion",
} as const satisfies Record<keyof FileOptions, string>;

/** What {@link addFileOptions} accepts as data, for help texts. */
export const FILE_FORMATS = "IDX, .npy, .npz, HDF5, CSV, CIFAR, or pictures in one folder per class";

/** Adds the options that say how files of data are to be read, under a heading of their own. */
export function addFileOptions(command: Command): Command {
  const options = [
    new Option("--split <share>", "without images to test on: hold out this share of each class").argParser(splitShare),
    new Option("--split-seed <n>", "seed of what --split, --validation and --limit draw (default: 0)").argParser(
      seedNumber,
    ),
    new Option("--size <HxW>", "pictures: stretch all to this size, such as 32 or 28x20").argParser(size),
    new Option("--channels <n>", "pictures: 1 grey, 3 colours (default: 3 if any has some)").choices(["1", "3"]),
    new Option("--names <pairs>", "NumPy, HDF5: arrays, as x_train=a,y_train=b,x_test=c,y_test=d"),
    new Option("--shape <HxWxC>", "NumPy, HDF5, CSV: shape of rows of pixels (default: a grey square)").argParser(
      shape,
    ),
    new Option("--channels-first", "NumPy, HDF5: images are channels x height x width"),
    new Option("--label-column <c>", "CSV: first, last, a name, or a number from 1 (default: guessed)"),
    new Option("--labels <kind>", "CIFAR-100: which labels (default: fine)").choices(["fine", "coarse"]),
    new Option("--keep-values", "pixels that are no bytes stay as they are, and are not brought to 0 to 255"),
    new Option("--skip-broken", "leave out files that look like data and cannot be read, with a note"),
    new Option(
      "--max-expansion <n>",
      `what comes out of a packed file beyond 64 MiB may be so many times its size (default: ${MAX_EXPANSION})`,
    ).argParser(expansion),
  ];
  for (const option of options) command.addOption(option.helpGroup("Options for files of data:"));
  return command;
}

/** Which of these options was given, as on the command line; undefined if none. */
export function givenFileOption(options: FileOptions): string | undefined {
  const found = Object.entries(FLAGS).find(([name]) =>
    Object.entries(options).some(([key, value]) => key === name && value !== undefined),
  );
  return found?.[1];
}

/**
 * The readers' settings of these options. Pixels are brought to 0 to 255, the unit that networks scale their input from,
 * unless they are to be kept.
 *
 * @throws UsageError for a wrong option
 */
export function readSettings(options: FileOptions): ReadSettings {
  const { names, shape: extents, channelsFirst, labelColumn, labels, size: sides, channels } = options;
  const { keepValues = false, split, splitSeed, skipBroken, maxExpansion } = options;
  const [height, width, depth] = extents ?? [];
  const [rows, columns] = sides ?? [];
  return {
    stretch: !keepValues,
    ...(names !== undefined && { names: readNames(names) }),
    ...(extents !== undefined && { shape: [height, width, depth] as const }),
    ...(channelsFirst !== undefined && { channelsFirst }),
    ...(labelColumn !== undefined && { labelColumn }),
    ...(labels !== undefined && { labels }),
    ...(sides !== undefined && { size: [rows, columns] as const }),
    ...(channels !== undefined && { channels: channels === "1" ? (1 as const) : (3 as const) }),
    ...(split !== undefined && { split }),
    ...(splitSeed !== undefined && { splitSeed }),
    ...(skipBroken !== undefined && { skipBroken }),
    ...(maxExpansion !== undefined && { maxExpansion }),
  };
}

/** The words of a command line that give these settings. */
export function settingsArguments(settings: ReadSettings): string[] {
  const { names, shape: extents, channelsFirst, labelColumn, labels, size: sides, channels } = settings;
  const pairs = Object.entries(NAMES).flatMap(([word, role]) =>
    names?.[role] === undefined ? [] : [`${word}=${names[role]}`],
  );
  return [
    ...(settings.split === undefined ? [] : ["--split", String(settings.split)]),
    ...(settings.splitSeed === undefined ? [] : ["--split-seed", String(settings.splitSeed)]),
    ...(sides === undefined ? [] : ["--size", sides.join("x")]),
    ...(channels === undefined ? [] : ["--channels", String(channels)]),
    ...(pairs.length === 0 ? [] : ["--names", pairs.join(",")]),
    ...(extents === undefined ? [] : ["--shape", extents.join("x")]),
    ...(channelsFirst ? ["--channels-first"] : []),
    ...(labelColumn === undefined ? [] : ["--label-column", String(labelColumn)]),
    ...(labels === undefined ? [] : ["--labels", labels]),
    ...(settings.stretch === false ? ["--keep-values"] : []),
    ...(settings.skipBroken ? ["--skip-broken"] : []),
    ...(settings.maxExpansion === undefined ? [] : ["--max-expansion", String(settings.maxExpansion)]),
  ];
}

function readNames(text: string): ArrayNames {
  return Object.fromEntries(
    Object.entries(parsePairs("--names", text)).map(([word, name]) => {
      if (!Object.hasOwn(NAMES, word))
        throw new UsageError(`--names: ${unknownName("one of", word, Object.keys(NAMES))}`);
      return [NAMES[word], Array.isArray(name) ? name.join("/") : String(name)];
    }),
  );
}

function extents(text: string): number[] {
  return text.split(/[x,]/i).map((word) => (/^[1-9]\d{0,4}$/.test(word.trim()) ? Number(word) : Number.NaN));
}

function size(text: string): readonly number[] {
  const numbers = extents(text);
  if (numbers.length <= 2 && numbers.every(Number.isInteger))
    return numbers.length === 1 ? [numbers[0], numbers[0]] : numbers;
  throw new InvalidArgumentError("Expected a number of pixels, such as 32, or height and width, such as 28x20.");
}

function shape(text: string): readonly number[] {
  const numbers = extents(text);
  if ((numbers.length === 2 || numbers.length === 3) && numbers.every(Number.isInteger))
    return [...numbers, 1].slice(0, 3);
  throw new InvalidArgumentError("Expected height, width and channels, such as 32x32x3.");
}

function splitShare(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError("Expected a share above 0 and below 1, such as 0.1.");
}

function expansion(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= 1 && value <= 1e6) return value;
  throw new InvalidArgumentError("Expected a multiple of the file's size, from 1 to 1000000, such as 500.");
}
