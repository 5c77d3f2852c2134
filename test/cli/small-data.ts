// A small folder of IDX files to train on: generated digits.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createDataset } from "../../src/data/dataset.ts";
import { generateDigits } from "../../src/data/digits/generate.ts";
import { encodeIdxPair } from "../../src/data/idx.ts";

export const TRAIN_IMAGES = "train-images-idx3-ubyte";
export const TRAIN_LABELS = "train-labels-idx1-ubyte";
export const TEST_IMAGES = "t10k-images-idx3-ubyte";
export const TEST_LABELS = "t10k-labels-idx1-ubyte";

/** Writes `train` and `test` digits to `folder`, which is made. */
export function writeSmallData(folder: string, train: number, test: number): string {
  mkdirSync(folder, { recursive: true });
  const write = (images: string, labels: string, count: number, start: number) => {
    const digits = generateDigits({ count, seed: 3, start });
    const pair = encodeIdxPair(createDataset({ shape: [28, 28, 1], ...digits }));
    writeFileSync(join(folder, images), pair.images);
    writeFileSync(join(folder, labels), pair.labels);
  };
  write(TRAIN_IMAGES, TRAIN_LABELS, train, 0);
  write(TEST_IMAGES, TEST_LABELS, test, 1_000_000);
  return folder;
}
