/**
 * The schema of a recipe in a file: the plan of its training, and everything else that it says.
 *
 * @module
 */

import { INPUT } from "../model/input.ts";
import { list, nested } from "../options/compound.ts";
import { choice, number, type OptionKind, text, whole } from "../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readGiven } from "../options/schema.ts";
import { TRAINING_PLAN } from "../training/plan.ts";
import { WHITENING } from "../training/whitening.ts";
import { DATA_SPLIT } from "./data-split.ts";
import { layerDescriptions } from "./layer-descriptions.ts";

const { seed: _, ...PLAN } = TRAINING_PLAN;

/** The input of a recipe: as that of a network, but its shape is that of the data unless it is given. */
export const RECIPE_INPUT = {
  ...INPUT,
  /** Shape that images must have; without it that of the data. */
  shape: { kind: INPUT.shape.kind, optional: true, rare: true },
} as const satisfies OptionSchema;

/** An input that leaves out what is not given: with `mean` there is no `scale`. */
const input: OptionKind<OptionsOf<typeof RECIPE_INPUT>, OptionsOf<typeof RECIPE_INPUT>> = {
  ...nested(RECIPE_INPUT),
  read: (who, key, value) => readGiven(`${who}: ${key}`, RECIPE_INPUT, Array.isArray(value) ? { shape: value } : value),
};

/** A figure that a run of the recipe is compared with. */
export const RECIPE_FIGURE = {
  /** Figure of an epoch, of the last steps, or of the test at the end. */
  figure: { kind: choice(["trainLoss", "trainAccuracy", "valLoss", "valAccuracy", "averageLoss", "testAccuracy"]) },
  /** Epoch that it belongs to, from 1. */
  epoch: { kind: whole(1), optional: true },
  /** Steps done, for `averageLoss`. */
  step: { kind: whole(1), optional: true },
  /** Value that the source gives, or that is aimed at. */
  value: { kind: number() },
  /** Source of the value: published elsewhere, or the aim of this recipe. */
  kind: { kind: choice(["published", "target"]) },
} as const satisfies OptionSchema;

/** A recipe in a file, which may leave out everything but the layers: an optimizer that most networks learn with. */
export const RECIPE_FILE = {
  /** Name in lists; without it that of the file. */
  name: { kind: text(), optional: true },
  /** A line for listings. */
  description: { kind: text(), optional: true },
  /** Shape of the images that it is made for: height, width, channels. It trains on others, too, where its layers fit them. */
  shape: { kind: INPUT.shape.kind, optional: true },
  /** Rows and columns of the smallest images that it is made for. */
  smallest: { kind: whole(1), optional: true, rare: true },
  /** Scaling of the raw pixels, which lie from 0 to 255. */
  input: { kind: input, optional: true },
  /** Layers, each with its type and options. Units and filters of `"classes"` are as many as the data has classes. */
  layers: { kind: layerDescriptions() },
  /** Names of the layers whose outputs the model gives; without it the last one. */
  outputs: { kind: list(text()), optional: true, rare: true },
  ...PLAN,
  /** Loss: its name, or an object with its type and options. */
  loss: { ...PLAN.loss, default: "softmaxCrossEntropy" },
  /** Optimizer: its name, or an object with its type and options. */
  optimizer: { ...PLAN.optimizer, default: "adam" },
  /** Images per step; all: in one batch, whose memory grows with the data. */
  batchSize: { ...PLAN.batchSize, default: 64 },
  /** Passes over the training images. */
  epochs: { ...PLAN.epochs, default: 3 },
  /** Whitening filters of training images, with which the first layer begins. */
  whitening: { kind: nested(WHITENING), optional: true, rare: true },
  /** Division of the data into images to train on, to validate with and to test on. */
  split: { kind: nested(DATA_SPLIT), optional: true },
  /** Sources, and differences from them: texts. */
  notes: { kind: list(text()), optional: true },
  /** Figures to compare a run with. */
  figures: { kind: list(nested(RECIPE_FIGURE)), optional: true },
} as const satisfies OptionSchema;
