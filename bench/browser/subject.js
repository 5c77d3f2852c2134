/**
 * The subject that Node and the page share: the same network, images and settings, with either's own build of the
 * library.
 *
 * @module
 */

/**
 * @typedef {object} Setting
 * @property {string} net a name of `NETWORKS`
 * @property {number} batch
 * @property {"simd" | "relaxed"} engine
 * @property {number} threads
 * @property {number} replicas
 */

/**
 * Figures of a slice.
 *
 * @typedef {object} Slice
 * @property {number} images images that were trained on
 * @property {number} seconds
 * @property {number} loss mean of the last epoch
 */

const CLASSES = 10;

/** Images of an epoch, the same on both sides. */
export const EPOCH = 1024;

/** A low rate, so that nothing diverges however long a run is. Plain objects travel to the page. */
export const OPTIMIZER = { type: "sgd", learningRate: 0.001 };

/**
 * A network, as `createModel` takes it, and the images that it trains on: drawn digits, or noise where it wants other shapes.
 *
 * @param {typeof import("../../dist/index.js")} convasm
 * @param {string} net
 */
export function networkAndImages(convasm, net) {
  const { createDataset, digits, findNetwork, RandomStream } = convasm;
  const recipe = findNetwork(net);
  if (recipe === undefined) throw new RangeError(`expected a built-in network, got ${net}`);
  const shape = recipe.shape ?? [28, 28, 1];
  const network = { input: { shape, scale: 1 / 255 }, layers: recipe.layers(CLASSES), seed: 1 };
  if (shape.join() === "28,28,1") return { network, images: digits({ count: EPOCH, seed: 1 }) };
  const random = RandomStream.from(1, "noise");
  const pixels = EPOCH * shape.reduce((product, side) => product * side, 1);
  const noise = Uint8Array.from({ length: pixels }, (_, i) => random.integer(i, 256));
  const labels = Uint8Array.from({ length: EPOCH }, (_, i) => i % CLASSES);
  return { network, images: createDataset({ name: "noise", shape, images: noise, labels, classes: CLASSES }) };
}
