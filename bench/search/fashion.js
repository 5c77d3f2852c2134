/**
 * The stored trials: their settings, a full grid numbered with the last setting varying fastest, and how each is trained.
 */
import {
  conv2d,
  createModel,
  dense,
  dropout,
  flatten,
  loadDataFiles,
  maxPooling2d,
  RandomStream,
  sgd,
  splitDataset,
} from "../../dist/node/convasm.js";

/** Epochs of each trial. */
export const EPOCHS = 9;

/** Values of each setting. */
export const GRID = {
  lr: [0.001, 0.0025, 0.006, 0.015, 0.04, 0.1, 0.25, 0.6, 1.5],
  momentum: [0, 0.9],
  batchSize: [16, 64, 256],
  filters: [4, 8],
  dropout: [0, 0.4],
};

/** Number of trials. */
export const trialCount = Object.values(GRID).reduce((count, values) => count * values.length, 1);

/** Settings of the trial with this number. */
export function settingsOf(index) {
  let rest = index;
  const reversed = Object.entries(GRID)
    .reverse()
    .map(([key, values]) => {
      const value = values[rest % values.length];
      rest = Math.floor(rest / values.length);
      return [key, value];
    });
  return Object.fromEntries(reversed.reverse());
}

/** Numbers of images, all of the file of training images. */
export const IMAGES = { train: 6000, validation: 3000 };

/** Training and validation images, drawn from the training images in a folder of IDX files. */
export async function fashionImages(folder) {
  const all = (await loadDataFiles(folder)).train;
  const { heldOut: some } = splitDataset(all, IMAGES.train + IMAGES.validation, RandomStream.from(1, "trials"));
  const { rest: train, heldOut: validation } = splitDataset(some, IMAGES.validation, "order");
  return { train, validation };
}

/** The network and its training with given settings: counts of right answers on the validation images after each epoch. */
export async function fashionTrial({ train, validation }, { lr, momentum, batchSize, filters, dropout: rate }) {
  const conv = (count) => conv2d({ filters: count, kernelSize: 3, padding: "same", activation: "relu" });
  const layers = [conv(filters), maxPooling2d(), conv(2 * filters), maxPooling2d(), flatten()];
  const model = createModel({
    input: { shape: [28, 28, 1], scale: 1 / 255 },
    layers: [...layers, dropout({ rate }), dense({ units: 10 })],
    seed: 1,
  });
  const optimizer = sgd({ learningRate: lr, momentum });
  await model.compile({ optimizer, loss: "softmaxCrossEntropy", batchSize, engine: "simd", threads: 1 });
  const right = [];
  for await (const event of model.fitEvents(train, { epochs: EPOCHS, validation })) {
    if (event.event === "epoch") right.push(Math.round(event.valAccuracy * validation.length));
  }
  model.dispose();
  // A training that diverged stays at a guess.
  while (right.length < EPOCHS) right.push(Math.round(validation.length / 10));
  return right;
}
