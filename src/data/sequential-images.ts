import { InputRangeError } from "../errors.ts";
import { isFloat32Array } from "../numeric/array-kinds.ts";
import type { ReadImages } from "./dataset.ts";
import { filled, filledLabels } from "./filled.ts";
import { type GivenImages, type ImageBatches, readImages } from "./image-source.ts";
import type { ClassLabels, Pixels } from "./pixels.ts";

/** Images that come one batch after the other, read by their places: later ones by passing over others, earlier ones from the start. */
export class SequentialImages {
  readonly #who: string;
  readonly #batches: ImageBatches;
  readonly #size: number;
  #iterator: AsyncIterator<GivenImages> | undefined;
  #batch: ReadImages | undefined;
  /** Place of the first image of the batch, and its number of images. */
  #begin = 0;
  #count = 0;
  /** The reading before, which the next one waits for. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param size values of an image */
  constructor(who: string, batches: ImageBatches, size: number) {
    this.#who = who;
    this.#batches = batches;
    this.#size = size;
  }

  /**
   * The images at some places, in ascending order but for one return to the start.
   *
   * @throws RangeError if they are in another order, or there are fewer images
   */
  read(indices: Uint32Array): Promise<ReadImages> {
    const read = this.#last.then(() => this.#read(indices));
    this.#last = read.catch(() => {});
    return read;
  }

  async #read(indices: Uint32Array): Promise<ReadImages> {
    const size = this.#size;
    const n = indices.length;
    let images: Pixels = new Uint8Array(0);
    let labels: ClassLabels | undefined;
    let targets: Pixels | undefined;
    let returns = 0;
    for (let i = 0; i < n; i++) {
      if (i > 0 && indices[i] <= indices[i - 1] && ++returns > 1) {
        const got = `${indices[i]} after ${indices[i - 1]}`;
        throw new InputRangeError(this.#who, "images in their own order, as an iterable gives them", got);
      }
      const { batch, place } = await this.#find(indices[i]);
      images = filled(images, batch.images.subarray(place * size, (place + 1) * size), i * size, n * size);
      if (batch.labels !== undefined) labels = filledLabels(labels, batch.labels.subarray(place, place + 1), i, n);
      if (batch.targets !== undefined) {
        const width = batch.targets.length / this.#count;
        targets = filled(targets, batch.targets.subarray(place * width, (place + 1) * width), i * width, n * width);
      }
    }
    return { images, labels, ...(isFloat32Array(targets) && { targets }) };
  }

  /** The batch with an image, and its place there. */
  async #find(index: number): Promise<{ batch: ReadImages; place: number }> {
    if (index < this.#begin) await this.#restart();
    while (this.#batch === undefined || index >= this.#begin + this.#count) {
      this.#begin += this.#count;
      this.#iterator ??= iteratorOf(this.#batches);
      const next = await this.#iterator.next();
      if (next.done === true) {
        const got = `${this.#begin} in this pass`;
        await this.#restart();
        throw new InputRangeError(this.#who, `images up to index ${index} in each pass`, got, "missing", {
          advice: "a function that gives a new iterable makes every pass begin at the first image",
        });
      }
      this.#batch = readImages(this.#who, next.value);
      this.#count = this.#batch.images.length / this.#size;
      if (!Number.isInteger(this.#count))
        throw new InputRangeError(this.#who, `whole images of ${this.#size} values`, `${this.#batch.images.length}`);
    }
    return { batch: this.#batch, place: index - this.#begin };
  }

  async #restart(): Promise<void> {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    this.#batch = undefined;
    this.#begin = 0;
    this.#count = 0;
    await iterator?.return?.();
  }
}

function iteratorOf(batches: ImageBatches): AsyncIterator<GivenImages> {
  return (typeof batches === "function" ? batches() : batches)[Symbol.asyncIterator]();
}
