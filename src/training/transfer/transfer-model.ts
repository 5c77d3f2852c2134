import { BACKBONE_SIZE, backboneOf, withHead } from "../../model/backbone.ts";
import { number, text } from "../../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../../options/schema.ts";
import { COMPILE_OPTIONS } from "../compile-options.ts";
import { Model } from "../model.ts";
import { SEED } from "../model-settings.ts";
import { CLASSES } from "../new-classes.ts";
import { copyInto } from "./features.ts";

const WHO = "transferModel";

/** Options of `transferModel`. */
export const TRANSFER_OPTIONS = {
  ...COMPILE_OPTIONS,
  /** Classes that it is to tell apart. Their names, or just their number. */
  classes: { kind: CLASSES },
  /**
   * Layer at whose output the backbone is cut. If not given, the one that the last layer with weights takes, where that is dense or a
   * convolution of single pixels.
   */
  at: { kind: text(), optional: true },
  /**
   * Height and width of the images, where they are not those that the backbone was made for. Smaller ones take less time and give features of
   * less use; layers whose number of weights depends on the size forbid others.
   */
  size: { kind: BACKBONE_SIZE, optional: true },
  /** Share of the features that are dropped in training before the new layer. */
  dropout: { kind: number({ minimum: 0, below: 1 }), default: 0 },
  /** Seed of the new layer's weights, and of everything random from now on. */
  seed: { kind: SEED, default: 0 },
} as const satisfies OptionSchema;

/** Options of {@link transferModel}: the classes, where to cut, and those of `compile`. */
export interface TransferOptions extends OptionsOf<typeof TRANSFER_OPTIONS> {}

/**
 * A compiled model that begins as another one and ends with a new dense layer, `head`, for other classes. The layers of the backbone are
 * frozen, with batch normalisation by its running statistics; features that still are an image are averaged over its pixels.
 *
 * Training it by `fit` computes the backbone for each image again and again; `fitHead` with `featuresOf` computes it once.
 * For fine-tuning, `unfreeze` layers and `compile` again.
 *
 * @param backbone a compiled model, such as `importModel` and `loadModel` give; it stays as it is
 * @throws TypeError, RangeError for a wrong option, or a backbone that has no such layer, or is for images of another size
 * @example
 * const { model: backbone } = await importModel("mobilenet.onnx", { input: "imagenet" });
 * const model = await transferModel(backbone, { classes: ["cat", "dog"] });
 * await fitHead(model, await featuresOf(model, train), { validation: await featuresOf(model, test) });
 * const file = model.save(); // the whole network
 */
export async function transferModel(backbone: Model, options: TransferOptions): Promise<Model> {
  const {
    classes,
    at,
    size,
    dropout,
    seed,
    loss = "softmaxCrossEntropy",
    ...compile
  } = readOptions(WHO, TRANSFER_OPTIONS, options);
  const count = typeof classes === "number" ? classes : classes.length;
  const trunk = backboneOf(backbone.architecture, at, WHO, size);
  const model = new Model(withHead(trunk, count, dropout), seed);
  model.classNames = typeof classes === "number" ? undefined : classes;
  model.scaling = backbone.scaling;
  await model.compile({ ...compile, loss });
  copyInto(model, backbone, trunk);
  return model;
}
