import {
  type Checkpoint,
  type DataSplit,
  decodeSafetensors,
  type Json,
  parseSchedule,
  type ReadSettings,
  readCheckpoint,
  runReading,
} from "convasm";
import {
  CHOICES,
  draftOf,
  type ImageKind,
  type LayerConfig,
  type NetworkChoice,
  type NetworkDraft,
} from "../network/draft.ts";
import { type EngineSettings, moreOf, type TrainingSettings, valuesOf } from "../train/settings.ts";

/** A model file or a checkpoint in the page's terms, before the worker loads it. */
export interface ModelFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly draft: NetworkDraft;
  /** The built-in network that it is, if it is one unchanged. */
  readonly choice: NetworkChoice | undefined;
  readonly images: ImageKind;
  /** The unfinished run of a checkpoint, to go on with. */
  readonly run: NotedRun | undefined;
}

/** The facts of a run that its checkpoint holds. */
export interface NotedRun {
  readonly settings: TrainingSettings;
  readonly steps: number;
  readonly epoch: number;
  /** Numbers of generated digits to train and to test on, if the run used these. */
  readonly digits: { readonly train: number; readonly test: number } | undefined;
  /** Scaling of the run's files. */
  readonly reading: Pick<ReadSettings, "stretch" | "scaling">;
}

type Fields = Readonly<Record<string, Json | undefined>>;

/**
 * Reads what a model file says of itself.
 *
 * @throws TypeError, RangeError if it is not one
 */
export function readModelFile(bytes: Uint8Array, fileName: string, engine: EngineSettings): ModelFile {
  const checkpoint = readCheckpoint(decodeSafetensors(bytes, { name: fileName }), fileName);
  // It came from JSON, so it is what JSON holds.
  const { input, layers, outputs: named } = fieldsOf(checkpoint.model);
  const { shape, scale, offset } = valuesOf(input);
  const configs = Array.isArray(layers) ? layers.filter(isLayer) : [];
  const noted = fieldsOf(checkpoint.training?.state);
  const settings = valuesOf(noted.settings ?? fieldsOf(checkpoint.settings).run);
  const images = { shape: shapeOf(shape), classes: classesOf(checkpoint, configs) };
  const outputs = namesOf(named);
  const choice = outputs === undefined ? choiceOf(configs, images, settings) : undefined;
  const name = choice?.recipe.name ?? baseName(fileName);
  const scaling = { ...(isScale(scale) && { scale }), ...(isScale(offset) && { offset }) };
  const draft = { name, scaling, layers: configs, outputs, isEdited: choice === undefined };
  return {
    name,
    bytes,
    draft,
    choice,
    images,
    run: checkpoint.training && notedRun(checkpoint, noted, settings, engine),
  };
}

/** A value that JSON was parsed to, as one that JSON can hold. */
function fieldsOf(parsed: unknown): Fields {
  const json: Json = parsed === undefined ? null : JSON.parse(JSON.stringify(parsed));
  return valuesOf(json);
}

function isLayer(value: Json): value is LayerConfig {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** Names of outputs; undefined where the last layer's is the only one. */
function namesOf(value: Json | undefined): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
}

function isScale(value: Json | undefined): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

function shapeOf(value: Json | undefined): ImageKind["shape"] {
  const [height = 1, width = 1, channels = 1] = isScale(value) ? value : [];
  return [height, width, channels];
}

function classesOf({ settings }: Checkpoint, layers: readonly LayerConfig[]): number {
  const { classNames } = settings;
  if (Array.isArray(classNames)) return classNames.length;
  const units = layers.findLast(({ type }) => type === "dense")?.units;
  return typeof units === "number" ? units : 1;
}

/** The built-in network with just these layers; of two with the same ones, that of the name in the notes. */
function choiceOf(layers: readonly LayerConfig[], images: ImageKind, settings: Fields): NetworkChoice | undefined {
  const text = JSON.stringify(sorted(layers));
  const same = CHOICES.filter(({ recipe }) => JSON.stringify(sorted(draftOf(recipe, images).layers)) === text);
  return same.find(({ recipe }) => recipe.name === settings.network) ?? same[0];
}

/** Options in one order, so that texts can be compared. */
function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item: Json) => sorted(item) ?? null);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]): [string, Json | undefined] => [key, sorted(item)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function baseName(fileName: string): string {
  return fileName.replace(/^.*\//, "").replace(/\.(safetensors|onnx|keras|h5|pth|pt|json)$/, "");
}

function notedRun(checkpoint: Checkpoint, noted: Fields, settings: Fields, engine: EngineSettings): NotedRun {
  const { seed, batchSize, loss, optimizer } = fieldsOf(checkpoint.settings);
  const { epochs, schedule, augment, averaging } = settings;
  const { step, epoch } = valuesOf(noted.progress);
  const split = splitOf(valuesOf(settings.data));
  return {
    settings: {
      optimizer: valuesOf(optimizer),
      schedule: valuesOf(fieldsOf(parseSchedule(schedule ?? "constant"))),
      loss: valuesOf(loss),
      augment: valuesOf(augment),
      averaging: valuesOf(averaging),
      // The worker takes these from the checkpoint itself.
      prediction: {},
      metrics: [],
      more: moreOf(settings),
      split,
      batchSize: numberOr(batchSize, 32),
      epochs: numberOr(epochs, 1),
      seed: numberOr(seed, 0),
      engine,
    },
    steps: numberOr(step, 0),
    epoch: numberOr(epoch, 0) + 1,
    digits: digitsOf(valuesOf(settings.data), split),
    reading: readingOf(checkpoint, valuesOf(settings.data)),
  };
}

/** The scaling of the run's files. */
function readingOf({ settings }: Checkpoint, { reader }: Fields): NotedRun["reading"] {
  const { stretch } = valuesOf(reader);
  const { base, factor, kept } = valuesOf(fieldsOf(settings).scaling);
  const isKept = kept === true ? { kept } : {};
  const scaling = typeof base === "number" && typeof factor === "number" ? { base, factor, ...isKept } : undefined;
  return runReading(stretch === false || stretch === "former" ? { stretch } : undefined, scaling);
}

/** The run's division of the images. */
function splitOf({ limit, trainRange, testRange, validation, draw: noted }: Fields): DataSplit {
  const draw = noted === "classes" ? noted : "order";
  const [begin, end] = isScale(trainRange) ? trainRange : [0, Number.MAX_SAFE_INTEGER];
  const { of, range } = valuesOf(testRange);
  const [from, to] = isScale(range) ? range : [0, 0];
  return {
    train: [begin, draw === "classes" ? end : Math.min(end, begin + numberOr(limit, end))],
    draw,
    ...(draw === "classes" && typeof limit === "number" && { limit }),
    ...((typeof validation === "number" || validation === "test" || validation === "val") && {
      validation,
    }),
    ...(isScale(range) && { test: { of: of === "train" ? "train" : "test", range: [from, to] } }),
  };
}

/** Numbers of the command line's digits that contain the run's images: there are 60,000 and 10,000. */
function digitsOf({ source }: Fields, { train, test }: DataSplit): NotedRun["digits"] {
  if (source !== "digits") return undefined;
  const used = { train: train?.[1] ?? 60_000, test: 10_000 };
  if (test !== undefined) used[test.of] = Math.max(test.of === "test" ? 0 : used.train, test.range[1]);
  return { train: Math.min(60_000, used.train), test: used.test };
}

function numberOr(value: Json | undefined, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}
