import { ENGINE } from "../engine/engine-options.ts";
import { InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import { INPUT } from "../model/input.ts";
import { list } from "../options/compound.ts";
import { flag, type OptionKind, text } from "../options/kinds.ts";
import type { OptionSchema } from "../options/schema.ts";
import { COMPILE_OPTIONS } from "../training/compile-options.ts";
import { SEED } from "../training/model-settings.ts";
import { INPUT_SCALING } from "./input-presets.ts";
import type { WeightMapping } from "./weight-fit.ts";

const MAPPING: OptionKind<WeightMapping, WeightMapping> = {
  field: "value",
  wanted: "names of layers or weights, each with a name in the file",
  read(who, key, value) {
    if (!isRecord(value)) throw new InputTypeError(who, `${key} to be ${this.wanted}`, shown(value));
    const pairs = Object.entries(value).map(([ours, theirs]): [string, string] => {
      if (typeof theirs === "string") return [ours, theirs];
      throw new InputTypeError(who, `${key}: a name in the file for ${JSON.stringify(ours)}`, shown(theirs));
    });
    return Object.fromEntries(pairs);
  },
};

/** The options of `importModel` besides the network. */
export const IMPORT_OPTIONS = {
  ...ENGINE,
  /**
   * Scaling of pixels from 0 to 255 that the network was trained with. `imagenet` is torchvision's, `unit` makes 0 to 1 of them, `symmetric`
   * -1 to 1, and `raw` leaves them. Needed where neither the file nor the network that is given tells it; where the file has a scaling of its own, this one comes first.
   */
  input: { kind: INPUT_SCALING, optional: true },
  /** Shape of the images, where a file leaves open their height and width. */
  shape: { kind: INPUT.shape.kind, optional: true },
  /**
   * Names of layers (`conv2d`) or weights (`conv2d/kernel`) and what they are called in the file (`features.0`, `features.0.weight`).
   * All others are found by name, else by order and shape.
   */
  mapping: { kind: MAPPING, optional: true },
  /** Take what fits; weights without a tensor keep their initial values. By default whatever is left over is an error. */
  partial: { kind: flag(), default: false },
  /** Names of the classes, in the order of the outputs. */
  classNames: { kind: list(text()), optional: true },
  /** Compiles with the optimizer of the file too, where it has one, to go on training. */
  training: { kind: flag(), default: false },
  /** Loss of the network, which `evaluate` needs; with softmaxCrossEntropy, `predict` gives probabilities. By default that of the file, if it has one. */
  loss: COMPILE_OPTIONS.loss,
  /** Largest number of images that are worked on at once. */
  batchSize: COMPILE_OPTIONS.batchSize,
  /** Seed of the initial weights, and of everything random from now on. */
  seed: { kind: SEED, default: 0 },
} as const satisfies OptionSchema;
