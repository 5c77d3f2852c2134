// The part of probe.py that convasm does: features of pictures and a new last layer on them. See README.md.

import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [pictures, backbone, side, seeds, out] = process.argv.slice(2);
const root = resolve(import.meta.dirname, "../..");
const { featuresOf, fitHead, importModel, loadDataFiles, sliceDataset, transferModel } = await import(
  pathToFileURL(join(root, "dist/node.js")).href
);

const size = [Number(side), Number(side)];
const { train, test } = await loadDataFiles(pictures, { size, fit: "crop", channels: 3 });
const { model: whole } = await importModel(backbone, { input: { mean: 127, deviation: 128 } });
const model = await transferModel(whole, { classes: train.classNames, size });
const began = performance.now();
const features = await featuresOf(model, train);
const validation = await featuresOf(model, test);
const seconds = (performance.now() - began) / 1000;

// A few pictures as they were resized, with their features, for a comparison without decoder and filter.
const few = sliceDataset(train, 0, 64);
writeFileSync(join(out, "pixels.raw"), few.images);
writeFileSync(join(out, "features.raw"), new Uint8Array(features.images.buffer, 0, 4 * 64 * features.shape[2]));

const accuracies = [];
for (let seed = 0; seed < Number(seeds); seed++) {
  const head = await transferModel(whole, { classes: train.classNames, size, seed });
  const { epochs } = await fitHead(head, features, { validation });
  accuracies.push(epochs.at(-1).valAccuracy);
}
console.log(
  JSON.stringify({
    accuracies,
    imagesPerSecond: (train.length + test.length) / seconds,
    engine: model.engine,
    threads: model.threads,
  }),
);
