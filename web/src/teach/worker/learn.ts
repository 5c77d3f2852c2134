import {
  batchNormalization,
  conv2d,
  createDataset,
  createModel,
  type Dataset,
  dense,
  dropout,
  fitHead,
  flatten,
  globalAveragePooling2d,
  type Model,
  maxPooling2d,
  oneCycle,
  type Pixels,
  relu,
  transferModel,
} from "convasm";
import type { Checked } from "../protocol.ts";
import { type Backbone, type Eye, SMALL } from "./eye.ts";

/** Pictures as numbers, with their classes. */
export interface Material {
  readonly names: readonly string[];
  readonly vectors: readonly Pixels[];
  readonly labels: readonly number[];
}

/** Parts into which pictures are divided, each judged by what learned from the others. */
const PARTS = 4;

/** Pictures that a small network is shown in all. */
const SHOWN = 2400;
const LEAST_EPOCHS = 8;
const MOST_EPOCHS = 40;
const BATCH = 16;

/** The way in which pictures become images, for pages and programs that read the model. */
const SCALING = { base: 0, factor: 1, fit: "crop" } as const;

/** Trains a network that takes what the eye makes of a picture. */
export function learn(eye: Eye, material: Material, signal: AbortSignal): Promise<Model> {
  return eye.id === undefined ? learnSmall(material, signal) : learnHead(material, signal);
}

/** A last layer on features. */
async function learnHead(material: Material, signal: AbortSignal): Promise<Model> {
  const data = dataOf(material, [1, 1, material.vectors[0].length]);
  const head = createModel({
    input: data.shape,
    layers: [flatten(), dense({ name: "head", units: material.names.length })],
  });
  try {
    await head.compile({ loss: "softmaxCrossEntropy", threads: 1, batchSize: BATCH });
    await fitHead(head, data, { threads: 1, signal });
    signal.throwIfAborted();
    return head;
  } catch (error) {
    head.dispose();
    throw error;
  }
}

/** A small network of its own: all that can be done without a backbone. */
async function learnSmall(material: Material, signal: AbortSignal): Promise<Model> {
  const block = (filters: number) => [
    conv2d({ filters, kernelSize: 3, padding: "same" }),
    batchNormalization({ momentum: 0.8 }),
    relu(),
  ];
  const model = createModel({
    input: { shape: [SMALL, SMALL, 3], scale: 1 / 127.5, offset: -1 },
    layers: [
      conv2d({ filters: 16, kernelSize: 5, strides: 2, padding: "same" }),
      batchNormalization({ momentum: 0.8 }),
      relu(),
      maxPooling2d(),
      ...block(32),
      maxPooling2d(),
      ...block(64),
      globalAveragePooling2d(),
      dropout({ rate: 0.2 }),
      dense({ name: "head", units: material.names.length }),
    ],
  });
  try {
    await model.compile({ optimizer: "adam", loss: "softmaxCrossEntropy", threads: 1, batchSize: BATCH });
    const { length } = material.vectors;
    await model.fit(dataOf(material, [SMALL, SMALL, 3]), {
      epochs: Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.round(SHOWN / length))),
      schedule: oneCycle(),
      classWeight: "balanced",
      // Nothing is mirrored: left and right may be what is to be told apart.
      augment: { shift: 4, scale: 0.1, brightness: 0.2, contrast: 0.2, saturation: 0.2 },
      signal,
    });
    signal.throwIfAborted();
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function dataOf({ names, vectors, labels }: Material, shape: Dataset["shape"]): Dataset {
  const size = vectors[0].length;
  const isBytes = vectors[0] instanceof Uint8Array;
  const images = isBytes ? new Uint8Array(vectors.length * size) : new Float32Array(vectors.length * size);
  for (const [i, vector] of vectors.entries()) images.set(vector, i * size);
  return createDataset({
    name: "pictures",
    shape,
    images,
    labels: Uint16Array.from(labels),
    classNames: names,
    ...(isBytes && { scaling: SCALING }),
  });
}

/**
 * Judges each picture. With a backbone by a last layer that learned from other parts of the lesson: pictures that came one after the other
 * lie in one part, as they are much alike. A small network takes too long to train it so often, and judges what it learned from.
 */
export async function judge(
  eye: Eye,
  model: Model,
  material: Material,
  signal: AbortSignal,
): Promise<Pick<Checked, "isHeldOut"> & { readonly taken: readonly number[] }> {
  const isHeldOut = eye.id !== undefined && canDivide(material);
  const taken = new Array<number>(material.vectors.length).fill(0);
  const parts = isHeldOut ? partsOf(material) : material.vectors.map(() => 0);
  for (const part of new Set(parts)) {
    const others = isHeldOut ? only(material, (i) => parts[i] !== part) : undefined;
    const by = others === undefined ? model : await learn(eye, others, signal);
    try {
      for (const [i, vector] of material.vectors.entries()) {
        if (parts[i] !== part) continue;
        signal.throwIfAborted();
        taken[i] = best(await by.predict(vector));
      }
    } finally {
      if (by !== model) by.dispose();
    }
  }
  return { taken, isHeldOut };
}

/** True if each class has a picture in each part. */
function canDivide({ names, labels }: Material): boolean {
  return names.every((_, label) => labels.filter((own) => own === label).length >= PARTS);
}

/** The part of each picture: stretches of its class. */
function partsOf({ names, labels }: Material): readonly number[] {
  const counts = names.map((_, label) => labels.filter((own) => own === label).length);
  const seen = names.map(() => 0);
  return labels.map((label) => Math.floor((PARTS * seen[label]++) / counts[label]));
}

function only({ names, vectors, labels }: Material, isIn: (i: number) => boolean): Material {
  return { names, vectors: vectors.filter((_, i) => isIn(i)), labels: labels.filter((_, i) => isIn(i)) };
}

function best(scores: Float32Array): number {
  return scores.indexOf(Math.max(...scores));
}

/** The whole network, from pixels to classes: what is exported. */
export async function wholeOf(eye: Eye | Backbone, head: Model): Promise<Model> {
  if (!("model" in eye)) return head;
  const whole = await transferModel(eye.model, {
    classes: head.classNames ?? head.architecture.outputs,
    at: eye.layer,
    threads: 1,
    batchSize: 1,
  });
  for (const name of ["head/kernel", "head/bias"]) whole.setWeight(name, head.getWeight(name));
  whole.scaling = SCALING;
  return whole;
}
