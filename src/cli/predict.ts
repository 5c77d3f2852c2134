import { type Command, Option } from "commander";
import type { Pixels } from "../data/pixels.ts";
import type { EngineName } from "../engine/engine-names.ts";
import { checkOneOutput } from "../model/architecture.ts";
import { isUint8Array } from "../numeric/array-kinds.ts";
import type { OptionsOf } from "../options/schema.ts";
import type { Model } from "../training/model.ts";
import { EXIT, reportError, UsageError } from "./command-error.ts";
import { COMMAND_OPTIONS } from "./command-options.ts";
import { type Context, createContext, type OutputOptions } from "./context.ts";
import { engineOption, resolveEngine, threadsOption } from "./engine.ts";
import { counted, dimensions } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { MODEL_HELP } from "./model-and-network.ts";
import { openModel, readModelFile } from "./model-file.ts";
import { type Request, type Source, type Subject, sourceOf } from "./predict/images.ts";
import { PredictionReport, predictsLabels, scoreName } from "./predict/report.ts";
import { formatFor, TableFile } from "./predict/table.ts";
import { addOwnOptions } from "./schema-option.ts";
import { expectModelFirst } from "./swapped-arguments.ts";

interface PredictOptions extends OutputOptions, OptionsOf<typeof COMMAND_OPTIONS.predict> {
  readonly raw?: boolean | undefined;
  readonly digit?: boolean | undefined;
  readonly show?: boolean | undefined;
  readonly engine?: EngineName | "auto" | undefined;
  readonly threads?: number | "auto" | undefined;
  readonly csv?: boolean | undefined;
  readonly out?: string | undefined;
}

const HELP: HelpText = {
  notes: [
    "Pictures may have any size: they are brought to that of the model, in the way its training data were. A model of digits, which is one of " +
      "28 x 28 grey pixels with the classes 0 to 9, gets each picture prepared as MNIST was made: light on dark, at most 20 pixels high and " +
      "wide, centred by mass.",
    "Where a folder is called as a class of the model, or a list says one, that is the true class of the pictures: tables have a column for it, and the end " +
      "tells how many are right. A model of any number of labels says all that have a score above --threshold. A picture that cannot be read is told, the others are classified, and the exit code is 2.",
  ],
  examples: [
    ["convasm predict model.safetensors seven.png photo-of-a-four.jpg"],
    ["convasm predict model.safetensors seven.png --show", "also draw what the network sees"],
    ["convasm predict model.safetensors ./pets --out pets.csv", "all pictures in a folder, as a table"],
    ["convasm predict model.safetensors 'pets/*/*.png' --csv"],
    ["convasm predict model.safetensors t10k-images-idx3-ubyte.gz --limit 20 --json"],
  ],
};

/** Adds the command `predict`. */
export function addPredictCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("predict")
    .description("say what is in pictures")
    .argument("<model>", MODEL_HELP)
    .argument(
      "<images...>",
      "pictures (PNG, JPEG, WebP, GIF, BMP), folders, lists, ZIP or tar archives of them, patterns such as '*.png', or IDX files",
    )
    .option("--raw", "only resize the pictures, also for a model of digits")
    .addOption(new Option("--digit", "prepare the pictures as MNIST was made, also for another model").conflicts("raw"))
    .option("--show", "draw what the network sees");
  addOwnOptions(command, "predict")
    .option("-o, --out <file>", "write a table of all images: .csv, .json, or .jsonl for an object per line")
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(new Option("--csv", "the table on standard output").conflicts(["json", "quiet", "show"]))
    .addOption(new Option("--json", "one JSON object per image on standard output").conflicts(["quiet", "show"]))
    .option("-q, --quiet", "only each picture's name and class")
    .action((model: string, images: string[], options: PredictOptions) => predict(model, images, options, signal));
  addHelp(command, HELP);
}

async function predict(
  path: string,
  words: readonly string[],
  options: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  const { csv = false, json, quiet, top = COMMAND_OPTIONS.predict.top.default } = options;
  const context = createContext({ json, quiet: quiet || csv }, signal);
  if (options.out !== undefined) formatFor(options.out);
  await expectModelFirst("predict", path, words, context);
  const engine = resolveEngine(options.engine);
  const model = await openModel(await readModelFile(path), { engine, threads: options.threads ?? "auto" });
  checkOneOutput(model.architecture, "predict", "; the library's predictOutputs gives all");
  if (options.threshold !== undefined && !predictsLabels(model)) {
    const got = `one with the loss ${model.network.loss?.config.type ?? "none"}`;
    throw new UsageError("--threshold", "a model of any number of labels", got, "contradiction");
  }
  const request = requestFor(model, options);
  const sources = await findSources(words, request, context);
  const isKnown = sources.every(({ count }) => count !== undefined);
  const total = isKnown ? sources.reduce((sum, { count = 0 }) => sum + count, 0) : undefined;
  const hasTruth = sources.some((source) => source.hasTruth);
  const { threshold = COMMAND_OPTIONS.predict.threshold.default } = options;
  const head = {
    score: scoreName(model),
    hasTruth,
    top: Math.min(top, model.architecture.outputs),
    threshold: predictsLabels(model) ? threshold : undefined,
  };
  const file = options.out === undefined ? undefined : await TableFile.open(options.out, head);
  try {
    const report = new PredictionReport(model, { ...head, show: options.show === true, csv, total, file }, context);
    await classifyAll(sources, model, report, context);
    await file?.finish();
    if (file !== undefined || sources.some(({ isMany }) => isMany)) report.finish();
    if (file !== undefined) context.output.text(`Table     ${options.out}`);
  } finally {
    await file?.discard();
  }
}

function requestFor(model: Model, { raw, digit, limit }: PredictOptions): Request {
  const { shape } = model.architecture.input;
  const { classNames, scaling } = model;
  const haveLabels = predictsLabels(model);
  if (digit && shape.join() !== "28,28,1") {
    throw new UsageError("--digit", "a model of 28 x 28 x 1 pixels", dimensions(shape));
  }
  return {
    model: { shape, classNames, scaling },
    prepare: digit ? "digit" : raw ? "resize" : "auto",
    limit,
    haveLabels,
  };
}

/** The images of all words; one that has none is told, and does not stop the others. */
async function findSources(words: readonly string[], request: Request, context: Context): Promise<Source[]> {
  const sources: Source[] = [];
  for (const word of words) {
    context.output.status(() => `looking for pictures in ${word} ...`);
    try {
      const source = await sourceOf(word, request);
      sources.push(source);
      if (source.others > 0) context.output.remark(`${word}: left out ${counted(source.others, "other file")}`);
    } catch (error) {
      reportUnreadable(error, context);
    }
  }
  return sources;
}

/** Reports an image that could not be read, and lets the others go on. */
function reportUnreadable(error: unknown, { output, signal }: Context): void {
  if (signal.aborted) throw error;
  output.clearStatus();
  process.exitCode = Math.max(Number(process.exitCode ?? EXIT.done), reportError(error));
}

/** Classifies the images of all sources, a batch at a time: no more than that is in memory. */
async function classifyAll(
  sources: readonly Source[],
  model: Model,
  report: PredictionReport,
  context: Context,
): Promise<void> {
  const batch = new Batch(model, report);
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      report.addBroken();
      reportUnreadable(error, context);
    }
  };
  for (const source of sources) {
    await attempt(async () => {
      for await (const subject of source.subjects()) {
        context.signal.throwIfAborted();
        report.progress();
        let pixels: Pixels | undefined;
        await attempt(async () => {
          pixels = await subject.pixels();
        });
        if (pixels !== undefined) await batch.add(subject, pixels);
      }
    });
  }
  await batch.flush();
}

/** Images that are predicted together. */
class Batch {
  readonly #model: Model;
  readonly #report: PredictionReport;
  #subjects: Subject[] = [];
  #images: Pixels[] = [];

  constructor(model: Model, report: PredictionReport) {
    this.#model = model;
    this.#report = report;
  }

  async add(subject: Subject, pixels: Pixels): Promise<void> {
    this.#subjects.push(subject);
    this.#images.push(pixels);
    if (this.#images.length === this.#model.network.batchSize) await this.flush();
  }

  async flush(): Promise<void> {
    const [subjects, images] = [this.#subjects, this.#images];
    if (images.length === 0) return;
    [this.#subjects, this.#images] = [[], []];
    const size = images[0].length;
    const together = images.every(isUint8Array)
      ? new Uint8Array(images.length * size)
      : new Float32Array(images.length * size);
    for (const [i, pixels] of images.entries()) together.set(pixels, i * size);
    await this.#report.add(subjects, images, await this.#model.predict(together));
  }
}
