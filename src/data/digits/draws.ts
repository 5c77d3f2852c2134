/**
 * Random numbers for one digit, drawn one after the other from its own stream.
 *
 * @module
 */

import type { RandomStream } from "../../numeric/random.ts";

/** Deviation of the sum of four bytes: each has the variance (256^2 - 1) / 12. */
const BYTES_DEVIATION = Math.sqrt((256 * 256 - 1) / 3);

export class Draws {
  private readonly stream: RandomStream;
  private index = 0;

  constructor(stream: RandomStream) {
    this.stream = stream;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.stream.uniform(this.index++);
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /**
   * Mean 0, deviation 1, bell-shaped, within 3.5: the sum of four random bytes. Unlike a normal number it costs no
   * logarithm and has no far tail, where digits would be unreadable.
   */
  bell(): number {
    const bits = this.stream.bits(this.index++);
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
    return (sum - 510) / BYTES_DEVIATION;
  }

  /** A place in `weights`, chosen in proportion to them. */
  choose(weights: Float64Array): number {
    let total = 0;
    for (let i = 0; i < weights.length; i++) total += weights[i];
    let rest = this.uniform() * total;
    for (let i = 0; i < weights.length - 1; i++) {
      rest -= weights[i];
      if (rest < 0) return i;
    }
    return weights.length - 1;
  }
}
