import { modelPicture, PREPARATIONS } from "../data/model-picture.ts";
import { type OpenPicture, openPicture, type PictureSource, pixelsOfPicture } from "../data/picture-source.ts";
import type { PixelScaling } from "../data/scaling.ts";
import { checkOneOutput } from "../model/architecture.ts";
import type { Network } from "../model/network.ts";
import { choice, whole } from "../options/kinds.ts";
import { type OptionSchema, type OptionsOf, pickOptions, readOptions } from "../options/schema.ts";
import { predictImages } from "./predict.ts";
import { PREDICTION } from "./prediction-settings.ts";

/** The options of `classify`. */
export const CLASSIFY_OPTIONS = {
  ...PREDICTION,
  /** Most classes in the answer. */
  topK: { kind: whole(1), default: 5 },
  /**
   * Way to bring a picture to the model's shape. `"resize"` stretches it; `"digit"` prepares it as MNIST was made: light on dark, at most
   * 20 pixels high and wide, centred by mass; `"auto"` does the latter for models of 28 x 28 grey pixels with the classes 0 to 9.
   */
  prepare: { kind: choice(PREPARATIONS), default: "auto" },
} as const satisfies OptionSchema;

/** Options of `classify`. */
export interface ClassifyOptions extends OptionsOf<typeof CLASSIFY_OPTIONS> {}

/** A class and its score for a picture. */
export interface ClassScore {
  /** Name of the class; its index where the model knows no names. */
  readonly name: string;
  /** Index of the class among the model's outputs. */
  readonly index: number;
  /** The model's output: a probability, 0 to 1, under a softmax loss. */
  readonly score: number;
}

/** The parts of a model that a picture is classified with. */
interface Classifier {
  readonly network: Network;
  readonly classNames: readonly string[] | undefined;
  readonly scaling: PixelScaling | undefined;
}

/** The classes of a picture, best first: see `Model.classify`. */
export async function classify(
  model: Classifier,
  picture: PictureSource | OpenPicture,
  options: ClassifyOptions,
): Promise<ClassScore[]> {
  const { topK, prepare } = readOptions("classify", CLASSIFY_OPTIONS, options);
  const { network, classNames, scaling } = model;
  const { architecture } = network;
  checkOneOutput(architecture, "classify", "; predictOutputs gives all");
  const open = isOpen(picture) ? picture : await openPicture("classify", picture);
  const { shape } = architecture.input;
  const who = `classify ${JSON.stringify(open.name)}`;
  const pixels = modelPicture(who, await pixelsOfPicture(open), { shape, classNames, scaling }, prepare);
  const [scores] = await predictImages(network, "classify", pixels, pickOptions(PREDICTION, options));
  return rankScores(scores, classNames).slice(0, topK);
}

function isOpen(picture: PictureSource | OpenPicture): picture is OpenPicture {
  return typeof picture === "object" && "opened" in picture;
}

/** The classes of some scores, highest first; equal ones in the order of the classes. */
export function rankScores(scores: ArrayLike<number>, classNames: readonly string[] | undefined): ClassScore[] {
  const all = Array.from(scores, (score, index) => ({ name: classNames?.[index] ?? String(index), index, score }));
  return all.sort((a, b) => b.score - a.score || a.index - b.index);
}
