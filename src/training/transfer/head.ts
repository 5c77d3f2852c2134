import { type Dataset, imageSize } from "../../data/dataset.ts";
import { InputRangeError } from "../../errors.ts";
import { Architecture } from "../../model/architecture.ts";
import { headOf } from "../../model/backbone.ts";
import { type OptionsOf, pickOptions, readOptions } from "../../options/schema.ts";
import { COMPILE_OPTIONS } from "../compile-options.ts";
import { FIT_OPTIONS, withoutShuffle } from "../fit-options.ts";
import type { History } from "../history.ts";
import { Model } from "../model.ts";
import { probeInput, probeLayers, probePlan } from "./probe.ts";

const WHO = "fitHead";

/** Options of `fitHead`. */
export const FIT_HEAD_OPTIONS = { ...COMPILE_OPTIONS, ...FIT_OPTIONS };

/** Options of {@link fitHead}: those of `compile` and `fit`. */
export interface FitHeadOptions
  extends Partial<OptionsOf<typeof COMPILE_OPTIONS>>,
    Partial<OptionsOf<typeof FIT_OPTIONS>> {}

/**
 * Trains the last layer of a model on features, as `featuresOf` gives them, and puts it in place: the model then is right for images.
 *
 * The layer begins anew, as a linear probe of features that are brought to a mean of 0 and a deviation of 1. By default it learns by SGD
 * with momentum and an L2 penalty that is the smaller, the more images there are, for 10 to 30 epochs; where one class has more than three times the
 * images of another, with weights for the classes. Its loss is that of the model: `transferModel` with `loss: "sigmoidBinaryCrossEntropy"` is for
 * images with any number of labels, whose features have `targets` of 0 and 1.
 *
 * @param model as `transferModel` makes it: its last layer is dense
 * @param features of the images to train on
 * @param options those of `compile` and `fit`; `validation` takes features, too
 * @throws TypeError, RangeError if the features are not those that the last layer takes, or for a wrong option
 * @example
 * const features = await featuresOf(model, train);
 * const { epochs } = await fitHead(model, features, { validation: await featuresOf(model, test) });
 */
export async function fitHead(model: Model, features: Dataset, options: FitHeadOptions = {}): Promise<History> {
  const given = withoutShuffle(WHO, options);
  readOptions(WHO, FIT_HEAD_OPTIONS, given);
  return fitHeadOf(model, features, { ...probePlan(features), ...given }, model.seed);
}

/** The same with a plan that is complete, and with a seed of its own. */
export async function fitHeadOf(model: Model, features: Dataset, plan: FitHeadOptions, seed: number): Promise<History> {
  const head = newHead(model, features, seed);
  try {
    const loss = model.network.loss ?? "softmaxCrossEntropy";
    await head.compile({ loss, ...pickOptions(COMPILE_OPTIONS, plan) });
    const history = await head.fit(features, pickOptions(FIT_OPTIONS, plan));
    joinHead(model, head);
    return history;
  } finally {
    head.dispose();
  }
}

/**
 * The last layer of a model as one of its own, which takes features and standardises them.
 *
 * @throws RangeError if the model does not end with a dense layer for such features
 */
export function newHead(model: Model, features: Dataset, seed: number): Model {
  const own = headOf(model.architecture);
  const inputs = imageSize(features);
  if (own?.inputs !== inputs) {
    const got = own === undefined ? "one that ends otherwise" : `one that takes ${own.inputs}`;
    throw new InputRangeError(
      WHO,
      `a model whose last layer is dense and takes ${inputs} features`,
      got,
      "shape-mismatch",
    );
  }
  const head = new Model(
    new Architecture({ input: probeInput(features), layers: probeLayers(own.units, dropoutBefore(model)) }),
    seed,
  );
  head.classNames = model.classNames;
  return head;
}

/** The share of features that a model drops before its last layer. */
function dropoutBefore({ architecture: { layers } }: Model): number {
  const { type, config } = layers.at(-2) ?? {};
  return type === "dropout" && typeof config?.rate === "number" ? config.rate : 0;
}

/** Gives the last layer of a model what its head has learned, which takes features as they are, not standardised. */
export function joinHead(model: Model, head: Model): void {
  const [own, probe] = [model, head].map(({ architecture }) => headOf(architecture));
  if (own === undefined || probe === undefined) throw new Error("a head without a dense layer");
  const { scale, offset } = head.architecture.input;
  const kernel = head.getWeight(`${probe.path}/kernel`);
  const bias = Float64Array.from(head.getWeight(`${probe.path}/bias`));
  const { units } = probe;
  const channels = scale.length;
  const scaled = Float32Array.from(kernel, (weight, i) => {
    const channel = Math.floor(i / units) % channels;
    bias[i % units] += weight * offset[channel];
    return weight * scale[channel];
  });
  model.setWeight(`${own.path}/kernel`, scaled);
  model.setWeight(`${own.path}/bias`, bias);
  model.classNames = head.classNames ?? model.classNames;
  model.scaling = head.scaling ?? model.scaling;
}
