/**
 * Facts of MNIST: names, sizes and hashes of its files, and the rule by which files in a folder belong together.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import { type NamedBytes, readIdxPair } from "./idx.ts";

/** The names of MNIST's classes. */
export const DIGIT_NAMES: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** A file of MNIST. */
export interface MnistFile {
  /** Name without `.gz`. */
  readonly name: string;
  /** Size of the unpacked content. */
  readonly bytes: number;
  /** SHA-256 of the unpacked content, in lower-case hexadecimal. */
  readonly sha256: string;
}

/** The four files of MNIST, small ones first. */
export const MNIST_FILES: readonly MnistFile[] = [
  {
    name: "t10k-labels-idx1-ubyte",
    bytes: 10_008,
    sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  },
  {
    name: "train-labels-idx1-ubyte",
    bytes: 60_008,
    sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  },
  {
    name: "t10k-images-idx3-ubyte",
    bytes: 7_840_016,
    sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  },
  {
    name: "train-images-idx3-ubyte",
    bytes: 47_040_016,
    sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  },
];

/** Folders on the web that hold MNIST's four files with `.gz` at the end, in order of preference. */
export const MNIST_MIRRORS: readonly string[] = [
  "https://ossci-datasets.s3.amazonaws.com/mnist/",
  "https://storage.googleapis.com/cvdf-datasets/mnist/",
  "https://raw.githubusercontent.com/fgnt/mnist/master/",
];

/** The names of a file of images and its file of labels. */
export interface IdxNames {
  readonly images: string;
  readonly labels: string;
}

/** The data sets found among file names. */
export interface IdxFolderNames {
  readonly train: IdxNames | undefined;
  readonly test: IdxNames | undefined;
  /** Files of images without their labels, or labels without images. */
  readonly lone: readonly string[];
  /** Starts of the file names of several data sets to train on, of which none was chosen. */
  readonly sets: readonly string[];
}

const IDX_NAME = /^(.*[-_. ])?(train|t10k|test)[-_](images|labels)[-._]idx[134][-_.]ubyte(\.gz)?$/i;

/** True if a file or folder is named as the files of MNIST and its relatives are. */
export function isIdxName(name: string): boolean {
  return IDX_NAME.test(name);
}

/**
 * Picks the training and test files out of paths, as MNIST, Fashion-MNIST and EMNIST name them: `train-images-idx3-ubyte`,
 * `t10k-labels.idx1-ubyte.gz`, `emnist-letters-test-images-idx3-ubyte` and so on. A plain file goes before a packed one.
 *
 * @param paths with `/` between folders; what counts is the last name
 *
 * @example
 * findIdxNames(["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]).test; // undefined
 */
export function findIdxNames(paths: readonly string[]): IdxFolderNames {
  /** The paths by their part and content, for each start of file names. */
  const sets = new Map<string, Map<string, string>>();
  const depth = (path: string) => path.split("/").length;
  const isPacked = (path: string) => Number(/\.gz$/i.test(path));
  const plainFirst = [...paths].sort((a, b) => isPacked(a) - isPacked(b) || depth(a) - depth(b));
  for (const path of plainFirst) {
    const match = IDX_NAME.exec(path.split("/").at(-1) ?? "");
    if (match === null) continue;
    const prefix = (match[1] ?? "").toLowerCase();
    const files = sets.get(prefix) ?? new Map<string, string>();
    const key = `${match[2].toLowerCase() === "train" ? "train" : "test"} ${match[3].toLowerCase()}`;
    if (!files.has(key)) files.set(key, path);
    sets.set(prefix, files);
  }
  const prefixes = [...sets.keys()].filter((prefix) => pairOf(sets.get(prefix), "train") !== undefined);
  const chosen = sets.get(
    sets.size === 1 ? [...sets.keys()][0] : (prefixes.find((prefix) => prefix === "") ?? prefixes[0] ?? ""),
  );
  const isUnclear = prefixes.length > 1 && !prefixes.includes("");
  if (isUnclear)
    return { train: undefined, test: undefined, lone: [], sets: prefixes.map((prefix) => prefix.slice(0, -1)) };
  const [train, test] = [pairOf(chosen, "train"), pairOf(chosen, "test")];
  const lone = ["train", "test"].flatMap((part) => {
    const found = ["images", "labels"]
      .map((what) => chosen?.get(`${part} ${what}`))
      .filter((path) => path !== undefined);
    return found.length === 1 ? found : [];
  });
  return { train, test, lone, sets: [] };
}

function pairOf(files: ReadonlyMap<string, string> | undefined, part: "train" | "test"): IdxNames | undefined {
  const images = files?.get(`${part} images`);
  const labels = files?.get(`${part} labels`);
  return images === undefined || labels === undefined ? undefined : { images, labels };
}

/**
 * The error for files of which none are a pair to train on.
 *
 * @param who stands in the message
 */
export function noIdxPair(who: string, { sets }: IdxFolderNames, got: string): RangeError {
  if (sets.length > 0) {
    return new InputRangeError(
      who,
      "the files of one data set",
      `those of ${sets.join(", ")}: put one into a folder of its own`,
      "damaged-file",
    );
  }
  const wanted = "train-images-idx3-ubyte and train-labels-idx1-ubyte, plain or .gz";
  return new InputRangeError(who, wanted, got, "damaged-file");
}

/** Training images and test images, where there are some. */
export interface TrainTest {
  /** Images to train on. */
  readonly train: Dataset;
  /** Images to test on; undefined where there are none. */
  readonly test: Dataset | undefined;
}

/** Two files' bytes under their names. */
export interface IdxPairFiles {
  readonly images: NamedBytes;
  readonly labels: NamedBytes;
}

/** Options of {@link readIdxTrainTest}. */
export interface IdxTrainTestOptions {
  /** Default: the number of names, else the highest label to train on + 1. */
  readonly classes?: number | undefined;
  readonly classNames?: readonly string[] | undefined;
}

/**
 * Makes the data sets "train" and "test" of IDX files. Both have the classes of the first.
 *
 * @param test may be missing
 * @throws RangeError if a file is wrong, the images of both parts differ in shape, a test label is none of the classes, or
 *   many images leave classes between others empty
 */
export async function readIdxTrainTest(
  train: IdxPairFiles,
  test: IdxPairFiles | undefined,
  options: IdxTrainTestOptions = {},
): Promise<TrainTest> {
  const first = await readIdxPair(train.images, train.labels, { ...options, name: "train" });
  if (options.classes === undefined && options.classNames === undefined) checkGaps(first, train.labels.name);
  if (test === undefined) return { train: first, test: undefined };
  const { classes } = first;
  const second = await readIdxPair(test.images, test.labels, { ...options, classes, name: "test" });
  if (first.shape.join() !== second.shape.join()) {
    const expected = `images of shape [${first.shape.join(", ")}] as in training`;
    throw new InputRangeError(
      `readIdx ${JSON.stringify(test.images.name)}`,
      expected,
      `[${second.shape.join(", ")}]`,
      "shape-mismatch",
    );
  }
  return { train: first, test: second };
}

/** Images per class from which on an empty class is no accident. */
const ENOUGH = 10;

/** Throws where the labels skip classes though there are images enough for all: a stray label is likelier than that. */
export function checkGaps(
  { labels, classes, length }: Pick<Dataset, "labels" | "classes" | "length">,
  name: string,
): void {
  if (labels === undefined || length < ENOUGH * classes) return;
  const used = [...new Set(labels)].sort((a, b) => a - b);
  const after = used.findIndex((label, i) => i > 0 && label !== used[i - 1] + 1);
  if (after < 0) return;
  const none = used[after - 1] + 1;
  throw new InputRangeError(
    `readIdx ${JSON.stringify(name)}`,
    "labels without gaps",
    `${used[after]} but no image of class ${none}`,
    "damaged-file",
  );
}
