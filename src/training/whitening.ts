import type { Dataset } from "../data/dataset.ts";
import { InputRangeError, InputTypeError } from "../errors.ts";
import { imageShape } from "../layers/shape.ts";
import { number, whole } from "../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../options/schema.ts";
import type { Model } from "./model.ts";

/** Filters that whiten patches of images. */
export const WHITENING = {
  /** Training images that patches are taken from, the first ones, or as many as there are. */
  images: { kind: whole(1), default: 5000 },
  /** Number added to each eigenvalue, which is a variance of scaled pixels. */
  epsilon: { kind: number({ above: 0 }), default: 0.0005 },
} as const satisfies OptionSchema;

/** Options of {@link whiten}. A type alias because interfaces do not fit `Json`. */
export type WhitenOptions = Readonly<OptionsOf<typeof WHITENING>>;

/** Patches of more values than this would take long: the work grows with the cube. */
const MAX_PATCH = 512;

/**
 * Gives the first layer, a convolution, filters that whiten patches of the images: eigenvectors of the patches' covariance,
 * each divided by the root of its eigenvalue, those of large variance first, then the same with the opposite sign; further
 * filters stay as they are (Page, 2019; Jordan, 2024). Its biases become zero. The layer trains on from there.
 *
 * @throws TypeError if the first layer is no convolution over all channels; RangeError for a wrong option
 * @example
 * const model = createModel({ input: [28, 28, 1], layers: [conv2d({ filters: 18, kernelSize: 3 }), flatten(), dense({ units: 10 })] });
 * await model.compile({ loss: "softmaxCrossEntropy", optimizer: "sgd" });
 * whiten(model, train);
 */
export function whiten(model: Model, data: Dataset, options: WhitenOptions = {}): void {
  const who = "whiten";
  const { images, epsilon } = readOptions(who, WHITENING, options);
  const { graph, input } = model.architecture;
  const [{ path: name, layer }] = graph.nodes;
  const shape = model.weights().get(`${name}/kernel`);
  if (layer.type !== "conv2d" || shape?.[2] !== input.shape[2]) {
    throw new InputTypeError(who, "a first layer conv2d over all channels", layer.type);
  }
  const [r, s, c, k] = shape;
  const size = r * s * c;
  if (size > MAX_PATCH)
    throw new InputRangeError(who, `patches of at most ${MAX_PATCH} values`, `${size}`, "too-large");
  if (data.shape.join() !== input.shape.join()) {
    throw new InputRangeError(
      who,
      `images of shape [${input.shape}]`,
      `[${data.shape}] in ${data.name}`,
      "shape-mismatch",
    );
  }
  const { values, vectors } = eigen(patchCovariance(data, Math.min(images, data.length), r, s, input), size);
  const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a]);
  const kernel = model.getWeight(`${name}/kernel`);
  for (let filter = 0; filter < Math.min(k, 2 * size); filter++) {
    const column = order[filter % size];
    const scale = (filter < size ? 1 : -1) / Math.sqrt(Math.max(0, values[column]) + epsilon);
    for (let i = 0; i < size; i++) kernel[i * k + filter] = vectors[i * size + column] * scale;
  }
  model.setWeight(`${name}/kernel`, kernel);
  const bias = model.weights().get(`${name}/bias`);
  if (bias !== undefined) model.setWeight(`${name}/bias`, new Float32Array(bias.reduce((a, b) => a * b, 1)));
}

/** Covariance [size, size] of all patches of r rows and s columns. */
function patchCovariance(
  data: Dataset,
  count: number,
  r: number,
  s: number,
  { scale, offset }: { readonly scale: readonly number[]; readonly offset: readonly number[] },
): Float64Array {
  const [h, w, c] = imageShape(data.shape, "whiten");
  const size = r * s * c;
  const mean = new Float64Array(size);
  const sums = new Float64Array(size * size);
  const patch = new Float64Array(size);
  let patches = 0;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y + r <= h; y++) {
      for (let x = 0; x + s <= w; x++) {
        for (let i = 0; i < size; i++) {
          const [row, column, channel] = [Math.floor(i / (s * c)), Math.floor(i / c) % s, i % c];
          const pixel = data.images[((image * h + y + row) * w + x + column) * c + channel];
          patch[i] = pixel * scale[channel] + offset[channel];
        }
        patches++;
        for (let i = 0; i < size; i++) {
          mean[i] += patch[i];
          for (let j = 0; j <= i; j++) sums[i * size + j] += patch[i] * patch[j];
        }
      }
    }
  }
  const covariance = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = sums[i * size + j] / patches - (mean[i] / patches) * (mean[j] / patches);
      covariance[i * size + j] = value;
      covariance[j * size + i] = value;
    }
  }
  return covariance;
}

/** Sweeps over all pairs; a symmetric matrix of this size converges in fewer than ten. */
const SWEEPS = 50;

/**
 * Eigenvalues, and eigenvectors as columns, of a symmetric matrix [n, n], which is overwritten (Jacobi's method: Golub & Van
 * Loan, Matrix Computations, 8.5). Of each vector, the value that is largest in size is positive.
 */
function eigen(matrix: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  const total = Math.sqrt(matrix.reduce((sum, value) => sum + value * value, 0));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let outside = 0;
    for (let p = 0; p < n; p++) for (let q = 0; q < p; q++) outside += matrix[p * n + q] ** 2;
    if (Math.sqrt(outside) <= 1e-14 * total) break;
    for (let p = 1; p < n; p++) for (let q = 0; q < p; q++) rotate(matrix, vectors, n, p, q);
  }
  for (let column = 0; column < n; column++) {
    let largest = 0;
    for (let i = 0; i < n; i++) {
      const value = vectors[i * n + column];
      if (Math.abs(value) > Math.abs(largest)) largest = value;
    }
    if (largest < 0) for (let i = 0; i < n; i++) vectors[i * n + column] *= -1;
  }
  return { values: Float64Array.from({ length: n }, (_, i) => matrix[i * n + i]), vectors };
}

/** Turns the plane of axes p and q so that the matrix has a zero there. */
function rotate(matrix: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apart = matrix[p * n + q];
  if (apart === 0) return;
  const theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * apart);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(t * t + 1);
  const sine = t * cosine;
  const turn = (values: Float64Array, a: number, b: number) => {
    const [x, y] = [values[a], values[b]];
    values[a] = cosine * x - sine * y;
    values[b] = sine * x + cosine * y;
  };
  for (let i = 0; i < n; i++) turn(matrix, i * n + p, i * n + q);
  for (let i = 0; i < n; i++) turn(matrix, p * n + i, q * n + i);
  for (let i = 0; i < n; i++) turn(vectors, i * n + p, i * n + q);
}
