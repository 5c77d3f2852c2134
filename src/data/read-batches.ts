import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import {
  type AnyDataset,
  createDataset,
  type Dataset,
  type ReadImages,
  type StreamedDataset,
  takeRows,
} from "./dataset.ts";

/** Images in memory: image i is `indices[begin + i]` of `data`, or begin + i itself. */
export interface HeldImages {
  readonly data: Dataset;
  readonly indices: Uint32Array | undefined;
  readonly begin: number;
  /** Seconds for which they were waited for, where they were read. */
  readonly waitSeconds?: number;
}

/** Gives `n` images from place `begin` on: at once where they are in memory. */
export type BatchReader = (begin: number, n: number) => HeldImages | Promise<HeldImages>;

/**
 * The images at some indices, batch by batch and in order: those of a data set in memory as they lie there, those of a streamed one as
 * they were read, ahead of their use.
 *
 * @param indices undefined for all
 * @param size images of a batch; the last one may be shorter
 */
export function readBatches(data: AnyDataset, indices: Uint32Array | undefined, size: number): BatchReader {
  if (!("read" in data)) return (begin) => ({ data, indices, begin });
  const ahead = new ReadAhead(data, indices, size);
  return (begin, n) => ahead.next(begin, n);
}

/**
 * Throws unless a streamed data set gives its images in the order of a sampling.
 *
 * @throws RangeError for a random order of images that come in their own
 */
export function checkOrder({ sequential, name }: StreamedDataset, sampling: string): void {
  if (!sequential || sampling === "sequential") return;
  const expected = `sampling "sequential" for ${JSON.stringify(name)}, whose images come in an order of their own`;
  throw new InputRangeError("fit", expected, sampling, "contradiction");
}

/** A batch that is being read, or was. */
interface Slot {
  held: HeldImages | undefined;
  readonly promise: Promise<HeldImages> | undefined;
}

/** The batches of a streamed data set, of which some are read ahead. */
class ReadAhead {
  readonly #data: StreamedDataset;
  readonly #indices: Uint32Array | undefined;
  readonly #size: number;
  /** By the place of their first image. */
  readonly #slots = new Map<number, Slot>();

  constructor(data: StreamedDataset, indices: Uint32Array | undefined, size: number) {
    this.#data = data;
    this.#indices = indices;
    this.#size = size;
  }

  next(begin: number, n: number): HeldImages | Promise<HeldImages> {
    const slot = this.#slots.get(begin) ?? this.#start(begin, n);
    this.#slots.delete(begin);
    // Images that come at once are not read ahead: they would only fill memory.
    if (slot.promise !== undefined) this.#readAhead(begin + n);
    if (slot.held !== undefined) return slot.held;
    if (slot.promise === undefined) throw new Error("read ahead: a batch without a promise");
    const start = performance.now();
    return slot.promise.then((held) => ({ ...held, waitSeconds: (performance.now() - start) / 1000 }));
  }

  #readAhead(begin: number): void {
    const total = this.#indices?.length ?? this.#data.length;
    const end = Math.min(total, begin + this.#data.prefetch * this.#size);
    for (let at = begin; at < end; at += this.#size) {
      if (!this.#slots.has(at)) this.#slots.set(at, this.#start(at, Math.min(this.#size, total - at)));
    }
  }

  #start(begin: number, n: number): Slot {
    const data = this.#data;
    const indices = this.#indices?.slice(begin, begin + n) ?? Uint32Array.from({ length: n }, (_, i) => begin + i);
    const read = data.read(indices);
    if (!(read instanceof Promise)) return { held: held(data, indices, read), promise: undefined };
    const promise = read.then((images) => {
      slot.held = held(data, indices, images);
      return slot.held;
    });
    const slot: Slot = { held: undefined, promise };
    // A failure is reported to whoever awaits the batch; without this, one that nobody awaits would be unhandled.
    promise.catch(() => {});
    return slot;
  }
}

/** Images that were read, checked, as a data set in memory. */
function held(data: StreamedDataset, indices: Uint32Array, read: ReadImages): HeldImages {
  const { name, shape, classes, classNames, scaling, labels, targets, sampleWeight } = data;
  const who = `dataset ${JSON.stringify(name)}: read`;
  const n = indices.length;
  if (!isRecord(read)) throw new InputTypeError(who, "an object with images", shown(read));
  const set = createDataset({
    name,
    shape,
    classes,
    classNames,
    scaling,
    images: read.images,
    labels: labels === undefined ? read.labels : takeRows(labels, 1, indices),
    targets: targets === undefined ? read.targets : takeRows(targets, classes, indices),
    sampleWeight: sampleWeight && takeRows(sampleWeight, 1, indices),
  });
  if (set.length !== n) throw new InputRangeError(who, `${n} images`, `${set.length}`, "shape-mismatch");
  return { data: set, indices: Uint32Array.from(indices.keys()), begin: 0, waitSeconds: 0 };
}
