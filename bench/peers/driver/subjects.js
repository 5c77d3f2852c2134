/**
 * Writes what contenders compute to files that all of them read: the network, its initial weights, images and labels.
 *
 * @module
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createModel, digits, RandomStream } from "../../../dist/node/convasm.js";
import { layerOf } from "../peers/convasm.js";
import { onnxModel } from "../peers/onnx-model.js";
import { LoadedSubject } from "../peers/subject.js";
import { CLASSES } from "./networks.js";
import { programOf, withNumericPadding } from "./program.js";

/** @import { Subject } from "../peers/protocol.js" */
/** @import { Draw, NetworkSpec } from "./networks.js" */

/** The checked batch repeats a few images, so that the float64 reference has only those to compute. */
const MOST_DISTINCT = 40;

/** @param {number} batch @param {number} most @returns {number} the largest divisor that is small enough */
function distinctImages(batch, most) {
  let distinct = Math.min(batch, most);
  while (batch % distinct !== 0) distinct--;
  return distinct;
}

/** @param {readonly [number, number, number]} shape @param {number} count */
function imagesOf(shape, count) {
  if (shape.join() === "28,28,1") return digits({ count, seed: 1 });
  const stream = RandomStream.from(1, "peers images");
  const size = shape[0] * shape[1] * shape[2];
  const images = Uint8Array.from({ length: count * size }, (_, i) => stream.integer(i, 256));
  return { images, labels: Uint8Array.from({ length: count }, (_, i) => i % CLASSES) };
}

/** @param {Float32Array} target @param {Draw} draw @param {string} name */
function fill(target, { kind, scale, shift }, name) {
  const stream = RandomStream.from(1, `peers weights/${name}`);
  for (let i = 0; i < target.length; i++) target[i] = shift + scale * stream[kind](i);
}

/** Subjects by network and batch size, in a folder that `remove` deletes. */
export class Subjects {
  #folder = mkdtempSync(join(tmpdir(), "convasm-peers-"));
  /** @type {Map<string, { path: string, subject: Subject }>} */
  #known = new Map();

  /**
   * @param {NetworkSpec & { checkSteps?: number }} spec
   * @param {number} batch
   */
  get(spec, batch) {
    const key = `${spec.name}-${batch}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const path = join(this.#folder, `${key}.json`);
    const subject = this.#write(spec, batch, join(this.#folder, key));
    writeFileSync(path, JSON.stringify(subject));
    writeFileSync(subject.files.onnx, onnxModel(new LoadedSubject(path)));
    const entry = { path, subject };
    this.#known.set(key, entry);
    return entry;
  }

  /**
   * @param {NetworkSpec & { checkSteps?: number }} spec
   * @param {number} batch
   * @param {string} stem
   * @returns {Subject}
   */
  #write(
    { name: net, shape, scale, offset, layers: make, optimizer, initial, distinct = MOST_DISTINCT, checkSteps = 4 },
    batch,
    stem,
  ) {
    const plain = make().map(({ config }) => JSON.parse(JSON.stringify(config)));
    const layers = withNumericPadding(plain);
    const shapes = createModel({ input: { shape }, layers: layers.map(layerOf) }).weights();
    const weights = [];
    let total = 0;
    for (const [name, sides] of shapes) {
      weights.push({ name, shape: sides, offset: total });
      total += sides.reduce((product, side) => product * side, 1);
    }
    const values = new Float32Array(total);
    weights.forEach((weight, i) => {
      fill(values.subarray(weight.offset, weights[i + 1]?.offset), initial(weight.name, weight.shape), weight.name);
    });
    const images = Math.max(4, Math.ceil(64 / batch)) * batch;
    const data = imagesOf(shape, images);
    const files = {
      weights: `${stem}.weights`,
      images: `${stem}.images`,
      labels: `${stem}.labels`,
      onnx: `${stem}.onnx`,
    };
    writeFileSync(files.weights, values);
    writeFileSync(files.images, data.images);
    writeFileSync(files.labels, Uint8Array.from(data.labels ?? []));
    return {
      net,
      batch,
      shape,
      classes: CLASSES,
      scale,
      offset,
      layers,
      program: programOf(layers, shape, [...shapes.keys()]),
      optimizer,
      hasDropout: layers.some(({ type }) => type === "dropout"),
      checkSteps,
      distinct: distinctImages(batch, distinct),
      images,
      weights,
      files,
    };
  }

  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
