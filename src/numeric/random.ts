/**
 * The generator of all random numbers: a counter-based generator, a pure function of (seed, stream, index).
 *
 * No draw depends on the draws before it, so threads, a resumed run and another machine see the same numbers.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { cos, log } from "./math.ts";

/** A bijective 32-bit mixer with low bias (C. Wellons, "Prospecting for Hash Functions", lowbias32). */
export function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

function hashText(text: string, start: number): number {
  let hash = start | 0;
  for (let i = 0; i < text.length; i++) hash = mix32(Math.imul(hash, 31) + text.charCodeAt(i));
  return hash >>> 0;
}

/**
 * A stream of numbers addressed by index.
 *
 * @example
 * const shuffle = RandomStream.from(1, "shuffle").child(epoch);
 * shuffle.uniform(0); // always the same number for this seed, name, epoch and index
 */
export class RandomStream {
  /** The two 32-bit keys; kernels that draw numbers take both. */
  readonly key0: number;
  readonly key1: number;

  constructor(key0: number, key1: number) {
    this.key0 = key0 >>> 0;
    this.key1 = key1 >>> 0;
  }

  /**
   * The stream called `name` of a seed; streams of different names are independent.
   *
   * @param seed a whole number from 0 to 2^53 - 1
   * @throws RangeError if the seed is not such a number
   */
  static from(seed: number, name: string): RandomStream {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new InputRangeError("seed", "a whole number from 0 to 2^53 - 1", `${seed}`);
    }
    const low = seed >>> 0;
    const high = Math.floor(seed / 2 ** 32);
    return new RandomStream(
      hashText(name, mix32(low ^ 0x9e3779b9) ^ high),
      hashText(name, mix32(low + 0x85ebca6b) + Math.imul(high, 0x27d4eb2f)),
    );
  }

  /** An independent stream for each whole number, such as an epoch or a step. */
  child(id: number): RandomStream {
    return new RandomStream(this.bits(id), mix32(this.key1 ^ mix32(id + 0x165667b1)));
  }

  /** 32 random bits, 0 to 2^32 - 1, for an index from 0 to 2^32 - 1. */
  bits(index: number): number {
    return mix32(mix32(index + this.key0) ^ this.key1);
  }

  /** Uniform in [0, 1), 32 bits fine. */
  uniform(index: number): number {
    return this.bits(index) / 2 ** 32;
  }

  /** A whole number from 0 to `count` - 1. */
  integer(index: number, count: number): number {
    return Math.floor(this.uniform(index) * count);
  }

  /** Standard normal (Box and Muller, 1958); uses the uniform numbers 2 index and 2 index + 1. */
  normal(index: number): number {
    const radius = Math.sqrt(-2 * log((this.bits(2 * index) + 0.5) / 2 ** 32));
    return radius * cos(2 * Math.PI * this.uniform(2 * index + 1));
  }
}

/** The numbers 0 to `count` - 1 in random order (Fisher and Yates, as Durstenfeld wrote it). */
export function permutation(count: number, stream: RandomStream): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const j = stream.integer(i, i + 1);
    order[i] = order[j];
    order[j] = i;
  }
  return order;
}
