import { type Command, Option } from "commander";
import { prepareDigit } from "../data/digit-image.ts";
import { isGzip } from "../data/gzip.ts";
import { readIdxImages } from "../data/idx.ts";
import { DIGIT_NAMES } from "../data/mnist.ts";
import type { Pixels } from "../data/pixels.ts";
import { picturePixels, pixelsFor, seenImage } from "../data/read/picture.ts";
import { scaleBytes, shownPixels } from "../data/scaling.ts";
import type { EngineName } from "../engine/engine-names.ts";
import { InputRangeError, isInputError, retold } from "../errors.ts";
import { checkOneOutput } from "../model/architecture.ts";
import { readFileBounded } from "../node/files.ts";
import { decodeImage } from "../node/image.ts";
import type { OptionsOf } from "../options/schema.ts";
import { argmax } from "../training/metrics.ts";
import type { Model } from "../training/model.ts";
import { bar } from "./bar.ts";
import { COMMAND_OPTIONS } from "./command-options.ts";
import { type Context, createContext, type OutputOptions } from "./context.ts";
import { engineOption, resolveEngine, threadsOption } from "./engine.ts";
import { EXIT, Interrupted, reportError, UsageError } from "./errors.ts";
import { dimensions, percent } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { openModel, readModelFile } from "./model-file.ts";
import { drawPixels } from "./picture.ts";
import { addOwnOptions } from "./schema-option.ts";

interface PredictOptions extends OutputOptions, OptionsOf<typeof COMMAND_OPTIONS.predict> {
  readonly raw?: boolean | undefined;
  readonly digit?: boolean | undefined;
  readonly show?: boolean | undefined;
  readonly engine?: EngineName | "auto" | undefined;
  readonly threads?: number | "auto" | undefined;
}

const HELP: HelpText = {
  notes: [
    "A model of digits, which is one of 28 x 28 grey pixels with the classes 0 to 9, gets each picture prepared as MNIST was made: " +
      "light on dark, at most 20 pixels high and wide, centred by mass. Other models get it resized to their input.",
  ],
  examples: [
    ["convasm predict model.safetensors seven.png photo-of-a-four.jpg"],
    ["convasm predict model.safetensors seven.png --show", "also draw what the network sees"],
    ["convasm predict model.safetensors t10k-images-idx3-ubyte.gz --limit 20 --json"],
  ],
};

const MAX_FILE_BYTES = 256 * 2 ** 20;
const BAR_WIDTH = 30;

/** Adds the command `predict`. */
export function addPredictCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("predict")
    .description("say what is in pictures")
    .argument("<model>", "a model file or a run folder")
    .argument("<images...>", "PNG or JPEG pictures, of any size, or IDX files of images")
    .option("--raw", "only resize the pictures, also for a model of digits")
    .addOption(new Option("--digit", "prepare the pictures as MNIST was made, also for another model").conflicts("raw"))
    .option("--show", "draw what the network sees");
  addOwnOptions(command, "predict")
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(new Option("--json", "one JSON object per image on standard output").conflicts(["quiet", "show"]))
    .option("-q, --quiet", "only each picture's name and class")
    .action((model: string, images: string[], options: PredictOptions) => predict(model, images, options, signal));
  addHelp(command, HELP);
}

async function predict(
  path: string,
  images: readonly string[],
  options: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  const context = createContext(options, signal);
  const engine = resolveEngine(options.engine);
  const model = await openModel(await readModelFile(path), { engine, threads: options.threads ?? "auto" });
  checkOneOutput(model.architecture, "predict", "; the library's predictOutputs gives all");
  for (const image of images) {
    signal.throwIfAborted();
    try {
      await predictFile(model, image, options, context);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      // After a bad picture, the others are still classified.
      process.exitCode = Math.max(Number(process.exitCode ?? EXIT.done), reportError(error));
    }
  }
}

async function predictFile(model: Model, path: string, options: PredictOptions, context: Context): Promise<void> {
  const { shape } = model.architecture.input;
  const bytes = await readFileBounded(path, MAX_FILE_BYTES);
  if (!isIdx(bytes)) {
    const pixels = await preparePicture(bytes, path, model, options);
    return show(path, undefined, pixels, await model.predict(pixels), model, options, context);
  }
  const file = await readIdxImages({ name: path, bytes });
  if (file.shape.join() !== shape.join()) {
    const got = dimensions(file.shape);
    throw new InputRangeError(
      `predict ${JSON.stringify(path)}`,
      `images of ${dimensions(shape)}`,
      got,
      "shape-mismatch",
    );
  }
  const size = file.images.length / file.length;
  const { batchSize } = model.network;
  const { outputs } = model.architecture;
  const count = Math.min(file.length, options.limit ?? file.length);
  const images = pixelsFor({ images: file.images, depth: 8 }, model.scaling);
  for (let begin = 0; begin < count; begin += batchSize) {
    context.signal.throwIfAborted();
    const n = Math.min(batchSize, count - begin);
    const scores = await model.predict(images.subarray(begin * size, (begin + n) * size));
    for (let i = 0; i < n; i++) {
      const pixels = images.subarray((begin + i) * size, (begin + i + 1) * size);
      show(path, begin + i, pixels, scores.subarray(i * outputs, (i + 1) * outputs), model, options, context);
    }
  }
}

function isIdx(bytes: Uint8Array): boolean {
  return isGzip(bytes) || (bytes[0] === 0 && bytes[1] === 0);
}

async function preparePicture(
  bytes: Uint8Array,
  path: string,
  model: Model,
  { raw, digit }: PredictOptions,
): Promise<Pixels> {
  const [height, width, channels] = model.architecture.input.shape;
  const isDigitShape = height === 28 && width === 28 && channels === 1;
  if (digit && !isDigitShape) {
    throw new UsageError("--digit", "a model of 28 x 28 x 1 pixels", dimensions([height, width, channels]));
  }
  if (channels !== 1 && channels !== 3) {
    throw new InputRangeError("predict", "a model of 1 or 3 channels to give pictures to", `one of ${channels}`);
  }
  const image = await decodeImage(bytes, path);
  const { scaling } = model;
  const isDigitModel = isDigitShape && model.classNames?.join() === DIGIT_NAMES.join();
  const prepare = digit || (isDigitModel && !raw);
  try {
    return prepare
      ? scaleBytes(prepareDigit(seenImage(image, scaling)), scaling)
      : picturePixels(image, [height, width, channels], scaling);
  } catch (error) {
    if (!isInputError(error)) throw error;
    throw retold(error, { who: `image ${JSON.stringify(path)}` });
  }
}

function show(
  path: string,
  index: number | undefined,
  pixels: Pixels,
  scores: Float32Array,
  model: Model,
  options: PredictOptions,
  { output }: Context,
): void {
  const nameOf = (i: number) => model.classNames?.[i] ?? String(i);
  const isShare = model.network.loss?.activation === "softmax";
  const best = argmax(scores, 0, scores.length);
  const name = index === undefined ? path : `${path}[${index}]`;
  const ranked = Array.from(scores, (score, i) => ({ score, i })).sort((a, b) => b.score - a.score || a.i - b.i);
  const top = ranked.slice(0, options.top ?? COMMAND_OPTIONS.predict.top.default);

  output.event({
    event: "prediction",
    image: path,
    ...(index !== undefined && { index }),
    class: nameOf(best),
    classIndex: best,
    [isShare ? "probability" : "score"]: scores[best],
    [isShare ? "probabilities" : "scores"]: [...scores],
  });
  if (output.mode === "quiet") output.result([name, nameOf(best)].map((word) => word.replaceAll("\t", " ")).join("\t"));
  output.text(`${name}: ${output.style.bold(nameOf(best))}`);
  if (options.show)
    for (const line of drawPixels(shownPixels(pixels, model.scaling), model.architecture.input.shape))
      output.text(`  ${line}`);
  const width = Math.max(...top.map(({ i }) => nameOf(i).length));
  for (const { score, i } of top) {
    const figure = isShare ? percent(score).padStart(8) : String(score);
    const look = { ...output.look, style: output.style };
    output.text(`  ${nameOf(i).padStart(width)}  ${isShare ? `${bar(score, BAR_WIDTH, look)} ` : ""}${figure}`);
  }
}
