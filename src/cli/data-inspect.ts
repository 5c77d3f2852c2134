import { type Command, Option } from "commander";
import { type AnyDataset, type DatasetFacts, sliceDataset } from "../data/dataset.ts";
import { loadDataset } from "../data/load-dataset.ts";
import type { PictureFacts } from "../data/read/picture-facts.ts";
import { BYTES, isSameScaling, type PixelScaling, rangeWords, shortNumber } from "../data/scaling.ts";
import { type DatasetStatistics, datasetStatistics } from "../data/statistics.ts";
import { InputRangeError } from "../errors.ts";
import { isUint8Array } from "../numeric/array-kinds.ts";
import type { OptionsOf } from "../options/schema.ts";
import { COMMAND_OPTIONS } from "./command-options.ts";
import { type Context, commandLine, createContext } from "./context.ts";
import { addFileOptions, COMMON_FILE_OPTIONS, FILE_FORMATS, type FileOptions, readSettings } from "./data-options.ts";
import { colourDepth, drawSamples } from "./data-samples.ts";
import { type LoadedData, loadData, readDataSource, sourceArguments } from "./data-source.ts";
import { count, dimensions, table } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { classesWords, haveLabels, labelCounts } from "./labels.ts";
import { addOwnOptions } from "./schema-option.ts";
import { hasColours, hasUnicode } from "./style.ts";

interface InspectOptions extends FileOptions, OptionsOf<typeof COMMAND_OPTIONS.dataInspect> {
  readonly json?: boolean | undefined;
}

const HELP: HelpText = {
  groups: {
    "Files of data:": COMMON_FILE_OPTIONS,
    "Output:": ["--samples", "--json"],
  },
  notes: [
    "Values are told as the files have them; train brings those that are no bytes to 0 to 255, and eval and predict do the same.",
  ],
  examples: [
    ["convasm data inspect mnist.npz"],
    ["convasm data inspect train.csv --split 0.1", "with the parts that train would use"],
    ["convasm data inspect ./pets --size 32 --json", "pictures in one folder per class"],
    ["convasm data inspect ./photos/list.csv", "pictures that a list names: file,label,split"],
  ],
};

/** Adds the command `data inspect`. */
export function addDataInspectCommand(data: Command, signal: AbortSignal): void {
  const command = data
    .command("inspect")
    .description("say what is in data of any format, and draw a few images")
    .argument("<data>", `mnist, digits, or a file or folder: ${FILE_FORMATS}`);
  addOwnOptions(command, "dataInspect").addOption(new Option("--json", "one JSON object on standard output"));
  addFileOptions(command).action((argument: string, _: unknown, self: Command) => {
    // The options that `data` has too are taken by it, wherever they stand.
    const options: InspectOptions = self.optsWithGlobals();
    return inspect(argument, options, createContext(options, signal));
  });
  addHelp(command, HELP);
}

async function inspect(argument: string, options: InspectOptions, context: Context): Promise<void> {
  const asked = readDataSource(argument, options);
  const source = asked.source === "folder" ? { ...asked, reader: { ...readSettings(options), stretch: false } } : asked;
  const loaded = await loadData(source, {}, context);
  context.signal.throwIfAborted();
  await describeData(loaded, options, context);
  const some = loaded.train ?? loaded.test;
  const { output } = context;
  if (some === undefined || output.mode !== "text") return;
  const { minimum, maximum } = await datasetStatistics(some);
  const look = {
    columns: output.columns,
    colours: colourDepth(hasColours(process.stdout.isTTY === true)),
    unicode: hasUnicode(),
  };
  output.text();
  const { samples = COMMAND_OPTIONS.dataInspect.samples.default } = options;
  if (samples !== 0) for (const line of await drawSamples(some, samples, [minimum, maximum], look)) output.text(line);
  output.text();
  if (loaded.train !== undefined) output.text(`Next      ${commandLine(context, "train", ...sourceArguments(asked))}`);
}

/** Figures of a part of the data. */
interface PartFigures extends DatasetStatistics {
  readonly images: number;
  /** Type of the pixels, in NumPy's names. */
  readonly type: string;
}

async function figuresOf(dataset: AnyDataset): Promise<PartFigures> {
  const { images } = await loadDataset(sliceDataset(dataset, 0, 1));
  const type = isUint8Array(images) ? "uint8" : "float32";
  const figures = await datasetStatistics(dataset);
  return { images: dataset.length, type, ...figures, ...(haveLabels(dataset) && { counts: labelCounts(dataset) }) };
}

/** Tells of shape, classes, values and counts, to people or to programs. */
async function describeData(
  { title, format, source, train, test, validation, pictures }: LoadedData,
  { keepValues = false }: FileOptions,
  { output }: Context,
): Promise<void> {
  const some = train ?? test;
  if (some === undefined) throw new InputRangeError("data", `images in ${title}`, "none", "missing");
  // Read as the files have it, which is not how train takes it.
  const scaling = some.scaling && { ...some.scaling, kept: keepValues };
  const ownTest = test === validation ? undefined : test;
  const parts = {
    train: train && (await figuresOf(train)),
    ...(validation && { validation: await figuresOf(validation) }),
    test: ownTest && (await figuresOf(ownTest)),
  };
  output.event({
    event: "data",
    data: title,
    format: format ?? source.source,
    shape: some.shape,
    classes: some.classes,
    classNames: some.classNames ?? null,
    trainImages: train?.length ?? 0,
    validationImages: validation?.length ?? 0,
    testImages: ownTest?.length ?? 0,
    trainCounts: parts.train?.counts ?? null,
    validationCounts: parts.validation?.counts ?? null,
    testCounts: parts.test?.counts ?? null,
    scaling: scaling ?? null,
    train: parts.train ?? null,
    validation: parts.validation ?? null,
    test: parts.test ?? null,
    pictures: pictures ?? null,
  });
  output.text(`${title}${format === undefined ? "" : ` (${format})`}`);
  if (pictures !== undefined) output.text(picturesLine(pictures));
  output.text(`${dimensions(some.shape)} pixels, ${classesWords(some)}`);
  const width = validation === undefined ? 5 : 10;
  for (const [name, figures] of Object.entries(parts)) {
    if (figures === undefined) continue;
    const { minimum, maximum, mean, deviation, type } = figures;
    const range = `${type} ${shortNumber(minimum)} to ${shortNumber(maximum)}`;
    output.text(
      `${name.padEnd(width)} ${range}, mean ${mean.map(shortNumber).join(" ")}, deviation ${deviation.map(shortNumber).join(" ")}`,
    );
  }
  if (scaling !== undefined && !isSameScaling(scaling, BYTES)) output.text(scalingLine(scaling));
  output.text();
  for (const line of countTable(some, parts)) output.text(line);
}

/** The line on kinds and sizes of pictures as their files have them. */
function picturesLine({ formats, sizes, smallest, median, largest }: PictureFacts): string {
  const kinds = Object.entries(formats).map(([format, times]) => `${count(times)} ${format}`);
  const words = (size: readonly number[]) => dimensions(size);
  const spread = `${count(sizes)} sizes from ${words(smallest)} to ${words(largest)}, in the middle ${words(median)}`;
  return `${kinds.join(", ")}; ${sizes === 1 ? `all of ${words(median)}` : spread}`;
}

/** The line that says how train scales the pixels. */
function scalingLine(scaling: PixelScaling): string {
  const range = `scale ${rangeWords(scaling)}, black to white`;
  return scaling.kept ? `${range}, which stay as they are` : `${range}, become 0 to 255 in train and eval`;
}

/** Images of each class in each part that there is; those to train and to test on in any case. */
export function countTable(
  { classes, classNames }: DatasetFacts,
  { train, validation, test }: Readonly<Partial<Record<"train" | "validation" | "test", CountedPart | undefined>>>,
): string[] {
  const parts: [string, CountedPart | undefined][] = [["train", train]];
  if (validation !== undefined) parts.push(["validation", validation]);
  if (validation === undefined || test !== undefined) parts.push(["test", test]);
  const rows = Array.from({ length: classes }, (_, i) => [
    classNames?.[i] ?? String(i),
    ...parts.map(([, part]) => count(part?.counts?.[i] ?? 0)),
  ]);
  const all = parts.map(([, part]) => count(part?.images ?? 0));
  return table([["class", ...parts.map(([name]) => name)], ...rows, ["all", ...all]]);
}

interface CountedPart {
  readonly images: number;
  readonly counts: readonly number[] | undefined;
}
