import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Command, Option } from "commander";
import type { AnyDataset, Dataset } from "../data/dataset.ts";
import { encodeIdxPair } from "../data/idx.ts";
import { loadDataset } from "../data/load-dataset.ts";
import { CLASS_NAMES_FILE } from "../data/read/class-names.ts";
import { classCounts } from "../data/statistics.ts";
import { InputRangeError } from "../errors.ts";
import { ensureFolder, writeFileAtomic } from "../node/files.ts";
import { loadMnist } from "../node/mnist.ts";
import { isUint8Array } from "../numeric/array-kinds.ts";
import { flagName } from "../options/names.ts";
import { type OptionsOf, pickOptions, readOptions } from "../options/schema.ts";
import { UsageError } from "./command-error.ts";
import { COMMAND_OPTIONS } from "./command-options.ts";
import { type Context, commandLine, createContext, pathWord, shorterPath } from "./context.ts";
import { addDataInspectCommand, countTable } from "./data-inspect.ts";
import { addFileOptions, COMMON_FILE_OPTIONS, FILE_FORMATS, type FileOptions } from "./data-options.ts";
import { downloadOptions, loadData, readDataSource, sourceArguments } from "./data-source.ts";
import { makeDigits } from "./digits.ts";
import { dimensions } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { addOwnOptions } from "./schema-option.ts";

interface DataCommandOptions extends FileOptions, OptionsOf<typeof OWN> {
  readonly out?: string | undefined;
  readonly overwrite?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const OWN = COMMAND_OPTIONS.data;

const HELP: HelpText = {
  groups: {
    "Digits:": ["--count", "--test-count", "--seed"],
    "Files of data:": COMMON_FILE_OPTIONS,
    "Output:": ["--out", "--overwrite", "--json"],
  },
  notes: ["$CONVASM_MIRRORS holds other addresses to download MNIST from, with spaces between."],
  examples: [
    ["convasm data mnist", "fetch MNIST into the cache, or say where it is"],
    ["convasm data digits --count 100000 --seed 7 --out big-digits"],
    ["convasm data inspect mnist.npz", "say what is in data of any format, and draw a few images"],
    ["convasm data train.csv --split 0.1 --out my-idx", "write data of any format as IDX files"],
  ],
};

/** Default folder for the built-in data set. */
const DIGITS_FOLDER = "digits";

const FILES = {
  train: { images: "train-images-idx3-ubyte", labels: "train-labels-idx1-ubyte" },
  test: { images: "t10k-images-idx3-ubyte", labels: "t10k-labels-idx1-ubyte" },
} as const;

/** All files that are written. */
const OWN_FILES: readonly string[] = [
  ...Object.values(FILES).flatMap(({ images, labels }) => [images, labels]),
  CLASS_NAMES_FILE,
];

/** Adds the command `data`. */
export function addDataCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("data")
    .description("fetch MNIST, write the built-in digits or other data as IDX files, and say what is there")
    .argument("<data>", `mnist, digits, or a file or folder: ${FILE_FORMATS}`);
  addOwnOptions(command, "data")
    .option("-o, --out <dir>", `folder to write IDX files to (default for digits: ${DIGITS_FOLDER})`)
    .option("--overwrite", "replace files that are there")
    .addOption(new Option("--json", "one JSON object on standard output"));
  addFileOptions(command).action((data: string, options: DataCommandOptions) =>
    runData(data, options, createContext(options, signal)),
  );
  addHelp(command, HELP);
  addDataInspectCommand(command, signal);
}

interface Parts {
  readonly title: string;
  readonly folder: string;
  /** The words that train on it. */
  readonly words: readonly string[];
  readonly train: AnyDataset | undefined;
  readonly test: AnyDataset | undefined;
}

async function runData(argument: string, options: DataCommandOptions, context: Context): Promise<void> {
  const parts =
    argument === "digits" ? await writeDigits(options, context) : await fetchData(argument, options, context);
  const { output } = context;
  const { title, folder, words, train, test } = parts;
  const some = train ?? test;
  if (some === undefined) throw new InputRangeError("data", `images in ${title}`, "none", "missing");
  const counts = { train: train && countsOf(train), test: test && countsOf(test) };
  output.event({
    event: "data",
    data: title,
    folder,
    shape: some.shape,
    classes: some.classes,
    classNames: some.classNames ?? null,
    trainImages: train?.length ?? 0,
    testImages: test?.length ?? 0,
    trainCounts: counts.train?.counts ?? null,
    testCounts: counts.test?.counts ?? null,
  });
  output.text(`${title}: ${folder}`);
  output.text(`${dimensions(some.shape)} pixels, ${some.classes} classes`);
  output.text();
  for (const line of countTable(some, counts)) output.text(line);
  if (train === undefined) return;
  output.text();
  output.text(`Next      ${commandLine(context, "train", ...words)}`);
}

async function writeDigits(options: DataCommandOptions, context: Context): Promise<Parts> {
  const { out = DIGITS_FOLDER } = options;
  const { count: trainCount, testCount, seed } = readOptions("data", OWN, pickOptions(OWN, options));
  const { output, signal } = context;
  await prepareFolder(out, options);
  const train = await makeDigits({ part: "train", count: trainCount, seed }, output, signal);
  const test = await makeDigits({ part: "test", count: testCount, seed }, output, signal);
  await writeParts(out, { train, test });
  return { title: "generated digits", folder: out, words: [pathWord(out)], train, test };
}

async function fetchData(argument: string, options: DataCommandOptions, context: Context): Promise<Parts> {
  const { out } = options;
  const [surplus] = Object.keys(pickOptions(OWN, options));
  if (surplus !== undefined)
    throw new UsageError(flagName(surplus), "digits, the only data that it is for", "other data", "contradiction");
  if (out !== undefined) await prepareFolder(out, options);
  const parts = argument === "mnist" ? await fetchMnist(context) : await describeFolder(argument, options, context);
  if (out === undefined) return parts;
  await writeParts(out, parts);
  return { ...parts, folder: out, words: [pathWord(out)] };
}

async function fetchMnist(context: Context): Promise<Parts> {
  const { folder, train, test } = await loadMnist(downloadOptions(context));
  context.output.clearStatus();
  return { title: "MNIST", folder: shorterPath(folder), words: ["mnist"], train, test };
}

async function describeFolder(argument: string, options: DataCommandOptions, context: Context): Promise<Parts> {
  const source = readDataSource(argument, options);
  const { train, test, format = "data" } = await loadData(source, {}, context);
  const title = format === "IDX" ? "IDX files" : format;
  return { title, folder: argument, words: sourceArguments(source), train, test };
}

/** Finds out before the work whether the files may be written. */
async function prepareFolder(out: string, { overwrite }: DataCommandOptions): Promise<void> {
  await ensureFolder(out);
  const names = await readdir(out);
  const there = names.find((name) => OWN_FILES.includes(name));
  if (there === undefined || overwrite) return;
  throw new UsageError(`--out ${JSON.stringify(out)}`, `no ${there} there`, "one", "out-of-range", {
    advice: "--overwrite replaces it",
  });
}

/** Writes the parts and the names of their classes in place of all that stood there. */
async function writeParts(folder: string, parts: Pick<Parts, "train" | "test">): Promise<void> {
  for (const name of OWN_FILES) await rm(join(folder, name), { force: true });
  const { classNames } = parts.train ?? parts.test ?? {};
  if (classNames !== undefined)
    await writeFileAtomic(join(folder, CLASS_NAMES_FILE), `${JSON.stringify(classNames, null, 2)}\n`);
  for (const part of ["train", "test"] as const) {
    const dataset = parts[part];
    if (dataset === undefined) continue;
    const { images, labels } = encodeIdxPair(asBytes(await loadDataset(dataset)));
    await writeFileAtomic(join(folder, FILES[part].images), images);
    await writeFileAtomic(join(folder, FILES[part].labels), labels);
  }
}

/** Floats in the unit of bytes as bytes, rounded: what is beyond black and white after a stretch is cut. */
function asBytes(dataset: Dataset): Dataset {
  const { images, scaling } = dataset;
  if (isUint8Array(images)) return dataset;
  const isStretched = scaling !== undefined && scaling.kept !== true;
  if (!isStretched && !images.every((value) => value >= 0 && value <= 255)) return dataset;
  return { ...dataset, images: new Uint8Array(Uint8ClampedArray.from(images).buffer) };
}

function countsOf({ length, labels, classes }: AnyDataset) {
  return { images: length, counts: labels && classCounts(labels, classes) };
}
