import { log, pow } from "./math.ts";
import type { RandomStream } from "./random.ts";

/**
 * A number from the beta distribution of (alpha, alpha), from 0 to 1: the share of a gamma number in two of them.
 *
 * @param alpha above 0
 * @param stream only for this number
 */
export function symmetricBeta(alpha: number, stream: RandomStream): number {
  const [a, b] = [gamma(alpha, stream.child(0)), gamma(alpha, stream.child(1))];
  // Powers of very small shapes are 0: all of the distribution lies at its ends.
  return a + b > 0 ? a / (a + b) : stream.integer(2, 2);
}

/** A number from the gamma distribution of a shape, by squeezing a normal one (Marsaglia and Tsang, 2000). */
function gamma(shape: number, stream: RandomStream): number {
  const uniform = (index: number) => (stream.child(1).bits(index) + 0.5) / 2 ** 32;
  if (shape < 1) return gamma(shape + 1, stream.child(2)) * pow(uniform(0), 1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  // More than 19 of 20 are taken at once.
  for (let i = 0; ; i++) {
    const x = stream.normal(i);
    const root = 1 + c * x;
    const v = root * root * root;
    if (v > 0 && log(uniform(i)) < (x * x) / 2 + d - d * v + d * log(v)) return d * v;
  }
}
