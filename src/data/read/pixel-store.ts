import { InputRangeError } from "../../errors.ts";
import type { Pixels } from "../pixels.ts";

/** Values per block: memory grows by blocks, so that nothing is copied while it does. */
const BLOCK = 2 ** 22;

/** The most values that one array is made for. */
const MAX_VALUES = 2 ** 31 - 1;

/** Collects pixels of unknown number: as bytes while all of them are bytes. */
export class PixelStore {
  /** Number of values. */
  length = 0;
  #blocks: Pixels[] = [];
  #used = 0;
  #areBytes = true;
  #highest = Number.NEGATIVE_INFINITY;
  readonly #who: string;

  /** @param who stands in error messages */
  constructor(who: string) {
    this.#who = who;
  }

  /** True if all values are whole numbers from 0 to 255, and some are more than 1. */
  get areBytes(): boolean {
    return this.#areBytes && this.#highest > 1;
  }

  /** Adds the values `begin` to `end` - 1. */
  add(values: Float64Array, begin: number, end: number): void {
    if (this.length + end - begin > MAX_VALUES) {
      throw new InputRangeError(this.#who, `at most ${MAX_VALUES} values`, "more", "too-large");
    }
    let block = this.#blocks.at(-1);
    for (let i = begin; i < end; i++) {
      const value = values[i];
      if (value > this.#highest) this.#highest = value;
      if (this.#areBytes && !(value >= 0 && value <= 255 && value === Math.floor(value))) {
        this.#becomeFloats();
        block = this.#blocks.at(-1);
      }
      if (block === undefined || this.#used === BLOCK) {
        block = this.#areBytes ? new Uint8Array(BLOCK) : new Float32Array(BLOCK);
        this.#blocks.push(block);
        this.#used = 0;
      }
      block[this.#used++] = value;
    }
    this.length += end - begin;
  }

  #becomeFloats(): void {
    this.#areBytes = false;
    for (let i = 0; i < this.#blocks.length; i++) this.#blocks[i] = Float32Array.from(this.#blocks[i]);
  }

  /**
   * All values in one array; the store is empty then.
   *
   * @param asBytes only where {@link areBytes}
   */
  take(asBytes: boolean): Pixels {
    const all = asBytes ? new Uint8Array(this.length) : new Float32Array(this.length);
    let at = 0;
    for (let block = this.#blocks.shift(); block !== undefined; block = this.#blocks.shift()) {
      const part = block.subarray(0, Math.min(block.length, this.length - at));
      all.set(part, at);
      at += part.length;
    }
    this.length = 0;
    return all;
  }
}
