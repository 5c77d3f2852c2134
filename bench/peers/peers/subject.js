import { readFileSync } from "node:fs";

/** @import { Batch, Job, JobOptions, Subject } from "./protocol.js" */

/** A subject with its files read. */
export class LoadedSubject {
  /** @param {string} path of its JSON */
  constructor(path) {
    /** @type {Subject} */
    this.subject = JSON.parse(readFileSync(path, "utf8"));
    const { files } = this.subject;
    this.images = new Uint8Array(readFileSync(files.images));
    this.labels = new Uint8Array(readFileSync(files.labels));
    const bytes = readFileSync(files.weights);
    this.weights = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  }

  /** @param {string} name @returns {{ shape: readonly number[], values: Float32Array }} a copy */
  weight(name) {
    const entry = this.subject.weights.find((weight) => weight.name === name);
    if (entry === undefined) throw new RangeError(`subject: expected a weight of the network, got "${name}"`);
    const { shape, offset } = entry;
    const size = shape.reduce((product, side) => product * side, 1);
    return { shape, values: this.weights.slice(offset, offset + size) };
  }

  /**
   * A dense layer's weights [inputs, units] with inputs in the order [c, h, w] where they come from an image.
   *
   * @param {import("../driver/program.js").DenseNode} node
   */
  denseChannelsFirst(node) {
    const { values } = this.weight(node.weight);
    if (node.spatial === null) return values;
    const [h, w, c] = node.spatial;
    const { units } = node;
    const result = new Float32Array(values.length);
    for (let i = 0; i < h * w; i++) {
      for (let k = 0; k < c; k++) {
        const from = (i * c + k) * units;
        result.set(values.subarray(from, from + units), (k * h * w + i) * units);
      }
    }
    return result;
  }

  /** A convolution's weights [k, c, r, s]. @param {string} name */
  filtersChannelsFirst(name) {
    const { shape, values } = this.weight(name);
    const [r, s, c, k] = shape;
    return { shape: [k, c, r, s], values: transposed(values, r * s, c, k) };
  }

  /** Images in channels-first order. @param {Float32Array} pixels */
  channelsFirst(pixels) {
    const [h, w, c] = this.subject.shape;
    const size = h * w * c;
    const result = new Float32Array(pixels.length);
    for (let n = 0; n * size < pixels.length; n++) {
      for (let i = 0; i < size; i++) result[n * size + (i % c) * h * w + Math.floor(i / c)] = pixels[n * size + i];
    }
    return result;
  }

  /** @param {(i: number) => number} at index of image i @returns {Batch} */
  #gather(at) {
    const { batch, shape, scale, offset } = this.subject;
    const size = shape[0] * shape[1] * shape[2];
    const bytes = new Uint8Array(batch * size);
    const labels = new Uint8Array(batch);
    for (let i = 0; i < batch; i++) {
      bytes.set(this.images.subarray(at(i) * size, (at(i) + 1) * size), i * size);
      labels[i] = this.labels[at(i)];
    }
    return { bytes, labels, pixels: Float32Array.from(bytes, (value) => value * scale + offset) };
  }

  checkedBatch() {
    return this.#gather((i) => i % this.subject.distinct);
  }

  /** All images, in batches. */
  batches() {
    const { batch, images } = this.subject;
    return Array.from({ length: Math.floor(images / batch) }, (_, k) => this.#gather((i) => k * batch + i));
  }
}

/**
 * [taps, c, k] to [k, c, taps].
 *
 * @param {Float32Array} values @param {number} taps @param {number} c @param {number} k
 */
function transposed(values, taps, c, k) {
  const result = new Float32Array(values.length);
  for (let t = 0; t < taps; t++) {
    for (let i = 0; i < c; i++) {
      for (let f = 0; f < k; f++) result[(f * c + i) * taps + t] = values[(t * c + i) * k + f];
    }
  }
  return result;
}

/**
 * A job of a peer that takes ready batches: all are handed over before anything is timed.
 *
 * @template Handle
 * @param {LoadedSubject} loaded
 * @param {JobOptions} options
 * @param {object} parts
 * @param {(batch: Batch) => Handle} parts.upload
 * @param {(handle: Handle) => number | Promise<number>} parts.train one step; its loss before the update
 * @param {(handle: Handle) => ArrayLike<number> | Promise<ArrayLike<number>>} parts.infer probabilities
 * @param {() => void} [parts.close]
 * @returns {Job}
 */
export function batchJob(loaded, { mode }, { upload, train, infer, close = () => {} }) {
  const { checkSteps } = loaded.subject;
  const checked = upload(loaded.checkedBatch());
  const handles = loaded.batches().map(upload);
  let next = 0;
  return {
    async check() {
      if (mode === "infer") return Array.from(await infer(checked));
      const losses = [];
      for (let i = 0; i < checkSteps; i++) losses.push(await train(checked));
      return losses;
    },
    step() {
      const handle = handles[next];
      next = (next + 1) % handles.length;
      return mode === "train" ? train(handle) : infer(handle);
    },
    close,
  };
}
