/**
 * Images that stay in their files, as data sets: their unit is decided as that of images in memory.
 *
 * @module
 */

import { InputRangeError, InputTypeError } from "../../errors.ts";
import { isFloat32Array, isUint8Array } from "../../numeric/array-kinds.ts";
import { flagAndKey } from "../../options/names.ts";
import { imageSize, type StreamedDataset } from "../dataset.ts";
import type { ImageShape, Pixels } from "../pixels.ts";
import { BYTES, isSameScaling, type PixelScaling } from "../scaling.ts";
import { createStreamedDataset } from "../streamed.ts";
import type { ReadContext } from "./options.ts";
import { makeDatasets, type Part, type Parts, type ReadData } from "./parts.ts";
import type { ReadValues } from "./settings.ts";
import { givenScaling, inUnit, ownScaling, unitOf } from "./stretch.ts";
import { sampledPlaces } from "./value-range.ts";

/** Pixels by which the unit of all is decided. */
export interface DecidingPixels {
  /** Some of the same lowest and highest value as all, of bytes where all are. */
  readonly pixels: Pixels;
  /** Those that outliers are told by; default all of `pixels`. */
  readonly sample?: Float32Array;
}

/** Images with their labels, whose pixels are read when they are needed. */
export interface StreamedPart extends Pick<Part, "shape" | "labels" | "depth"> {
  /** The pixels at some indices, `[n, h, w, c]`, as they stand in the files. */
  read(indices: Uint32Array): Promise<Pixels>;
  /** Batches that may be read ahead, by the size of a batch's pixels in bytes. */
  readonly prefetch: number;
  /** Known beforehand, of pictures that were looked at. */
  readonly deciding?: DecidingPixels;
}

/** Streamed parts that a reader found; at least one is there. */
export interface StreamedParts {
  readonly train: StreamedPart | undefined;
  readonly test: StreamedPart | undefined;
  readonly validation?: StreamedPart | undefined;
  readonly classNames?: readonly string[] | undefined;
  /** The classes of each set of labels, where images have several. */
  readonly labelSets?: Parts["labelSets"];
}

/** One million bytes, the unit of `memoryLimit`. */
export const MB = 1e6;

/**
 * True where pixels of so many bytes are to be streamed.
 *
 * @throws TypeError where that was asked for, and the format of old versions was, too
 */
export function isStreamed({ streaming, memoryLimit, stretch }: ReadValues, bytes: number): boolean {
  if (streaming === true && stretch === "former")
    throw new InputTypeError("readData", "streaming or a former stretch", "both", "contradiction");
  if (stretch === "former") return false;
  return streaming === true || (streaming === "auto" && bytes > memoryLimit * MB);
}

/** Batches ahead that fit into the limit with the one that is used, by the bytes of a row. */
export function prefetchWithin({ memoryLimit }: Pick<ReadValues, "memoryLimit">, rowBytes: number): number {
  return Math.max(1, Math.min(MOST_AHEAD, Math.floor((memoryLimit * MB) / (rowBytes * LARGE_BATCH)) - 1));
}

/** Most batches that are read ahead: more smooth nothing. */
const MOST_AHEAD = 4;

/** Images of a batch for which there has to be room. */
const LARGE_BATCH = 256;

/**
 * Throws where streaming was asked for and cannot be.
 *
 * @throws RangeError with what to do
 */
export function expectNoStreaming({ streaming }: ReadValues, who: string, got: string): void {
  if (streaming !== true) return;
  const advice = `without ${flagAndKey("streaming")} it is read into memory`;
  throw new InputRangeError(who, "a file whose rows can be read by range", got, "unsupported-file", { advice });
}

/**
 * The data sets of streamed parts, with a note on their scaling.
 *
 * @throws RangeError if the parts don't fit each other
 */
export async function streamedDatasets(
  who: string,
  parts: StreamedParts,
  context: ReadContext,
  withFit: (scaling: PixelScaling) => PixelScaling,
): Promise<Pick<ReadData<StreamedDataset>, "train" | "test" | "validation" | "notes">> {
  const { scaling: given, stretch, onProgress, signal } = context;
  const first = parts.train ?? parts.test;
  if (first === undefined) throw new InputRangeError(who, "images", "none", "missing");
  const look = (part: StreamedPart, isEnough: (highest: number) => boolean) =>
    part.deciding ?? decidingPixels(part, isEnough, onProgress, signal);
  const decided = given === undefined ? await look(first, isBright) : undefined;
  const { scaling, note } =
    given === undefined && decided !== undefined
      ? ownScaling(
          undefined,
          undefined,
          { images: decided.pixels, depth: first.depth },
          stretch === true,
          decided.sample,
        )
      : givenScaling(given ?? BYTES);
  const notes = note === undefined ? [] : [note];
  const units = new Map<StreamedPart, ReturnType<typeof unitOf>["unit"]>();
  for (const part of new Set([parts.train, parts.test, parts.validation])) {
    if (part === undefined) continue;
    const isSource = given === undefined && part === first;
    const looked = isSource
      ? (decided ?? { pixels: new Uint8Array(0) })
      : await look(part, isSameScaling(scaling, BYTES) ? isBright : (highest) => highest === WHITE);
    const { unit, note: more } = unitOf({ images: looked.pixels, depth: part.depth }, scaling, isSource);
    if (more !== undefined && !notes.includes(more)) notes.push(more);
    units.set(part, unit);
  }
  const fitted = withFit(scaling);
  const datasets = makeDatasets(who, { ...parts, scaling: fitted }, (facts, part: StreamedPart) => {
    const unit = units.get(part) ?? "training";
    const { length } = part.labels;
    return createStreamedDataset({
      ...facts,
      source: { length, read: async (indices) => inUnit(await part.read(indices), unit, scaling) },
      prefetch: part.prefetch,
    });
  });
  return { ...datasets, notes };
}

/** The brightest byte. */
const WHITE = 255;

/** True for a value by which bytes are known to be from 0 to 255. */
function isBright(highest: number): boolean {
  return highest >= 128;
}

/** Values that are looked at together. */
const AT_ONCE = 2 ** 22;

/**
 * Reads through all images for their range, and the values by which outliers are told.
 *
 * @param isEnough true for a highest byte after which none has to be read
 */
async function decidingPixels(
  { shape, labels, read }: StreamedPart,
  isEnough: (highest: number) => boolean,
  onProgress: ReadContext["onProgress"],
  signal: AbortSignal | undefined,
): Promise<DecidingPixels> {
  const size = imageSize({ shape });
  const rows = Math.max(1, Math.floor(AT_ONCE / size));
  const total = labels.length;
  const places = sampledPlaces(total * size);
  const sample = new Float32Array(places.length);
  let found = 0;
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let areBytes = true;
  for (let begin = 0; begin < total; begin += rows) {
    signal?.throwIfAborted();
    const n = Math.min(rows, total - begin);
    const pixels = await read(Uint32Array.from({ length: n }, (_, i) => begin + i));
    const isFloat = isFloat32Array(pixels);
    for (let i = 0; i < pixels.length; i++) {
      const value = pixels[i];
      if (!Number.isFinite(value)) {
        const index = begin + Math.floor(i / size);
        throw new InputRangeError("readData", "finite pixels", `${value} in image ${index}`, "damaged-file");
      }
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
      if (isFloat && areBytes && !(value >= 0 && value <= WHITE && value === Math.floor(value))) areBytes = false;
    }
    if (isUint8Array(pixels) && isEnough(highest)) return { pixels: Uint8Array.of(lowest, highest) };
    for (const end = (begin + n) * size; found < places.length && places[found] < end; found++)
      sample[found] = pixels[places[found] - begin * size];
    onProgress?.(begin + n, total);
  }
  return areBytes && highest > 1
    ? { pixels: Uint8Array.of(lowest, highest) }
    : { pixels: Float32Array.of(lowest, highest), sample };
}

/** The number of bytes of images in memory: floats but for bytes. */
export function pixelBytes(images: number, [height, width, channels]: ImageShape, isBytes: boolean): number {
  return images * height * width * channels * (isBytes ? 1 : 4);
}
