/**
 * Data sets whose pixels are read when they are needed.
 *
 * @module
 */

import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { whole } from "../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../options/schema.ts";
import { checkAnswers, DATASET, type ImageReading, type ReadImages, type StreamedDataset } from "./dataset.ts";
import { isSource, readImages, SOURCE } from "./image-source.ts";
import { SequentialImages } from "./sequential-images.ts";

const { images: _, ...FACTS } = DATASET;

/** The parts of a streamed data set. */
export const STREAMED_DATASET = {
  ...FACTS,
  /**
   * Where the images come from: `{ length, read(indices) }`, or batches in an order of their own as an async iterable or a function that
   * gives one.
   */
  source: { kind: SOURCE },
  /** Number of images. Default: the source's own, else that of labels. */
  length: { kind: whole(1, 2 ** 32 - 1), optional: true },
  /** Batches that are read ahead of the one that is used. None where the source answers at once. */
  prefetch: { kind: whole(0, 1024), default: 2 },
} as const satisfies OptionSchema;

/** The source and facts for {@link createStreamedDataset}. */
export interface StreamedDatasetInit extends OptionsOf<typeof STREAMED_DATASET> {}

/**
 * A data set whose images are read batch by batch, when a training or an evaluation needs them. It gives the same weights, bit for bit,
 * as the same images in memory: their order follows from the seed alone, and a resumed run reads on where it stopped.
 *
 * An async iterable has no random order: it is trained on with `sampling: "sequential"`, each epoch is one pass from its start, and a
 * resumed run passes over the batches that were trained on before.
 *
 * @param init `shape` is `[h, w, c]` of one image; `labels` or `targets` are those of all `n` images, or undefined where the source gives them
 *   with the pixels, with `classes` then
 * @throws TypeError for a source that is none, or an unknown option; RangeError if lengths don't fit, or a label is outside the classes.
 *   Images that are read later are checked in the same way then
 * @example
 * const streamed = createStreamedDataset({
 *   source: { length: 1000, read: async (indices) => new Uint8Array(indices.length * 784) },
 *   shape: [28, 28, 1],
 *   labels: new Uint8Array(1000),
 *   classes: 10,
 * });
 */
export function createStreamedDataset(init: StreamedDatasetInit): StreamedDataset {
  const who = `dataset ${JSON.stringify(init?.name ?? DATASET.name.default)}`;
  const read = readOptions(who, STREAMED_DATASET, init);
  const { source, name, shape, labels, targets, sampleWeight, classNames, scaling, prefetch } = read;
  const given = isSource(source) ? source.length : undefined;
  const length = read.length ?? given ?? labels?.length;
  if (length === undefined || !Number.isSafeInteger(length) || length < 1)
    throw new InputTypeError(who, "length, the number of images", shown(length), "missing");
  if (given !== undefined && given !== length)
    throw new InputRangeError(who, `length of ${given}, as its source says`, `${length}`, "contradiction");
  const wanted = read.classes ?? classNames?.length;
  if (labels === undefined && targets === undefined && wanted === undefined)
    throw new InputTypeError(
      who,
      "labels, targets, or the number of classes of those that come with the images",
      "none",
      "missing",
    );
  const classes = checkAnswers(who, { labels, targets, sampleWeight, classNames }, length, wanted);
  const weighted = sampleWeight && { sampleWeight };
  const facts = { name, length, shape, labels, targets, ...weighted, classes, classNames, scaling, prefetch };
  if (!isSource(source)) {
    const images = new SequentialImages(who, source, shape[0] * shape[1] * shape[2]);
    return { ...facts, sequential: true, ...readingOf((indices) => images.read(indices)) };
  }
  const reading = readingOf((indices) => {
    const images = source.read(indices);
    return images instanceof Promise ? images.then((some) => readImages(who, some)) : readImages(who, images);
  });
  return { ...facts, sequential: false, ...reading };
}

/** The ways of reading that follow from one. */
function readingOf(read: ImageReading["read"]): ImageReading {
  return {
    read,
    readBy: (placeOf) => readingOf((indices) => read(indices.map(placeOf))),
    changedBy: (change) =>
      readingOf((indices) => {
        const images = read(indices);
        const changed = (some: ReadImages): ReadImages => ({ ...some, ...change(some) });
        return images instanceof Promise ? images.then(changed) : changed(images);
      }),
  };
}
