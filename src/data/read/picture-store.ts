import { InputRangeError } from "../../errors.ts";
import { isUint8Array } from "../../numeric/array-kinds.ts";
import { flagAndKey } from "../../options/names.ts";
import type { ResizedSamples } from "../image.ts";
import type { ImageShape, Pixels } from "../pixels.ts";
import type { RawPixels } from "./raw-pixels.ts";

/** The most pixel values of a data set, so that a typed array holds them. */
const MAX_VALUES = 2 ** 31 - 1;

/** Samples of 16 bits that one of 8 stands for: white is 255 and 65535. */
const WORD = 257;

/**
 * The pixels of pictures of one size, as bytes and grey for as long as they all are: the first one in colours makes all of three
 * channels, the first one of 16 bits makes all of 16 bits, as floats.
 */
export class PictureStore {
  readonly #most: number;
  #images: Pixels = new Uint8Array(0);
  #clear: Float32Array | undefined;
  #channels: 1 | 3 = 1;
  #length = 0;
  #wide = 0;

  /** @param most the most pictures that come */
  constructor(most: number) {
    this.#most = most;
  }

  /** The number of pictures. */
  get length(): number {
    return this.#length;
  }

  /** The note where only some of the pictures have 16 bits. */
  get note(): string | undefined {
    if (this.#wide === 0 || this.#wide === this.#length) return undefined;
    const some = `${this.#wide} of ${this.#length} pictures have 16 bits a sample`;
    return `${some}: the others count 257 times as much, so that white is the same`;
  }

  /**
   * Adds a picture.
   *
   * @param shape with as many channels as the picture before it, or more
   * @throws RangeError if all pictures together are too large
   */
  add({ images: pixels, clear }: ResizedSamples, [height, width, channels]: ImageShape): void {
    if (this.#length === 0 || this.#channels < channels) {
      const values = this.#most * height * width * channels;
      if (values > MAX_VALUES) {
        const got = `${this.#most} of ${height} x ${width} x ${channels}`;
        throw new InputRangeError("readImages", `at most ${MAX_VALUES} values`, got, "too-large", {
          advice: `${flagAndKey("size")} makes them smaller`,
        });
      }
      this.#images = this.#length === 0 ? new Uint8Array(values) : inColour(this.#images);
      this.#channels = channels === 1 ? 1 : 3;
    }
    if (clear !== undefined) {
      this.#clear ??= new Float32Array(this.#most * clear.length);
      this.#clear.set(clear, this.#length * clear.length);
    }
    const begin = this.#length * pixels.length;
    this.#length += 1;
    if (!isUint8Array(pixels)) {
      this.#wide += 1;
      if (isUint8Array(this.#images)) this.#images = inWords(this.#images);
      this.#images.set(pixels, begin);
    } else if (this.#wide === 0) this.#images.set(pixels, begin);
    else for (let i = 0; i < pixels.length; i++) this.#images[begin + i] = WORD * pixels[i];
  }

  /**
   * The pixels of all pictures.
   *
   * @param channels as many as they have, or more
   */
  take(channels: 1 | 3): RawPixels {
    const used = ({ length }: Pixels) => (length / this.#most) * this.#length;
    // A copy where pictures were left out, so that no room for them is kept.
    const images = this.#length < this.#most ? this.#images.slice(0, used(this.#images)) : this.#images;
    return {
      images: this.#channels < channels ? inColour(images) : images,
      clear: this.#clear?.subarray(0, used(this.#clear)),
      depth: this.#wide > 0 ? 16 : 8,
    };
  }
}

/** Grey pixels as red, green and blue. */
function inColour(grey: Pixels): Pixels {
  const colour = isUint8Array(grey) ? new Uint8Array(3 * grey.length) : new Float32Array(3 * grey.length);
  for (let i = 0; i < grey.length; i++) colour.fill(grey[i], 3 * i, 3 * i + 3);
  return colour;
}

function inWords(bytes: Uint8Array): Float32Array {
  const words = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) words[i] = WORD * bytes[i];
  return words;
}
