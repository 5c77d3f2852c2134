import { permutation, type RandomStream } from "../numeric/random.ts";
import { choice, whole } from "../options/kinds.ts";

const SAMPLINGS = ["shuffle", "sequential", "replacement"] as const;

/**
 * Order of the images in an epoch. `shuffle`: every image once, in a new order. `sequential`: every image once, as they
 * come. `replacement`: each one drawn afresh among all, so some come several times and some not at all.
 */
export const SAMPLING = choice(SAMPLINGS);

/** The order of the images in an epoch. */
export type Sampling = (typeof SAMPLINGS)[number];

/** The largest number of images that one epoch may draw: their indices are kept in memory. */
const MAX_DRAWS = 2 ** 27;

/** Number of images of an epoch: `stepsPerEpoch` full batches, or without it as many as there are. */
export function drawsPerEpoch(length: number, batchSize: number, stepsPerEpoch: unknown): number {
  if (stepsPerEpoch === undefined) return length;
  return whole(1, Math.floor(MAX_DRAWS / batchSize)).read("fit", "stepsPerEpoch", stepsPerEpoch) * batchSize;
}

/**
 * The images of one epoch, in order. Where an epoch takes more than there are, another pass over all follows.
 *
 * @param draws number of images of the epoch
 * @param length number of images in the data
 * @param stream draws of this epoch
 */
export function epochOrder(sampling: Sampling, draws: number, length: number, stream: RandomStream): Uint32Array {
  if (sampling === "sequential") return Uint32Array.from({ length: draws }, (_, i) => i % length);
  if (sampling === "replacement") return Uint32Array.from({ length: draws }, (_, i) => stream.integer(i, length));
  if (draws === length) return permutation(length, stream);
  const order = new Uint32Array(draws);
  for (let pass = 0; pass * length < draws; pass++) {
    const part = permutation(length, pass === 0 ? stream : stream.child(pass));
    order.set(part.subarray(0, draws - pass * length), pass * length);
  }
  return order;
}

/** `size` different numbers from 0 to `count` - 1, all sets equally likely (Floyd's algorithm: Bentley & Floyd, 1987). */
export function drawSample(count: number, size: number, stream: RandomStream): Uint32Array {
  const chosen = new Set<number>();
  for (let last = Math.max(0, count - size); last < count; last++) {
    const draw = stream.integer(last, last + 1);
    chosen.add(chosen.has(draw) ? last : draw);
  }
  return Uint32Array.from(chosen);
}
