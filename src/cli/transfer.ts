import { dirname, resolve } from "node:path";
import type { Dataset, DatasetFacts } from "../data/dataset.ts";
import type { EngineOptions } from "../engine/engine-options.ts";
import type { Json } from "../json.ts";
import { Architecture } from "../model/architecture.ts";
import type { BackboneSettings } from "../recipes/backbone-settings.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { softmaxCrossEntropy } from "../training/losses.ts";
import type { Model } from "../training/model.ts";
import { joinHead } from "../training/transfer/head.ts";
import { type ProbePlan, probeInput, probeLayers, probePlan } from "../training/transfer/probe.ts";
import { transferModel } from "../training/transfer/transfer-model.ts";
import type { Backbone } from "./backbone.ts";
import { count, dimensions } from "./format.ts";
import { forLabels, haveLabels } from "./labels.ts";
import type { NetworkChoice } from "./network-option.ts";

/** A run that trains a new last layer on the features of a backbone. */
export interface Transfer {
  /** Shape of the pictures, which are not what the run's own model takes. */
  readonly shape: readonly [height: number, width: number, channels: number];
  /** The whole network, whose last layer is to be trained. */
  readonly whole: Model;
  /** A line on the backbone, for people. */
  readonly line: string;
  /** The model file of the whole network, with what the head has learned. */
  save(head: Model, notes: Json): Uint8Array;
}

/** Images that whole networks work on at once where their file is used. */
const BATCH = 16;

/**
 * The whole network for the classes of some pictures, of which a run trains the head. The backbone is disposed of.
 *
 * @param at layer of the backbone at which it is cut, where it was named
 */
export async function transferFor(backbone: Backbone, at: string | undefined, train: DatasetFacts): Promise<Transfer> {
  const { model, name, trunk } = backbone;
  const { classNames, classes, scaling } = train;
  const { shape } = trunk.input;
  const options: EngineOptions & { readonly batchSize: number } = { threads: 1, batchSize: BATCH };
  const whole = await transferModel(model, {
    ...options,
    classes: classNames ?? classes,
    size: [shape[0], shape[1]],
    ...(haveLabels(train) && { loss: "sigmoidBinaryCrossEntropy" as const }),
    ...(at !== undefined && { at }),
  });
  model.dispose();
  whole.scaling = scaling;
  const [cut] = trunk.outputShapes.keys();
  return {
    shape,
    whole,
    line: `${name}: ${dimensions(shape)}, up to ${cut}, ${count(trunk.parameterCount())} weights, frozen`,
    save(head, notes) {
      joinHead(whole, head);
      return whole.save(notes);
    },
  };
}

/** Stand-in for the features' data set, with which settings are checked before features are computed. */
const NO_FEATURES: Pick<DatasetFacts, "length" | "shape" | "classes" | "labels" | "targets"> = {
  length: 1000,
  shape: [1, 1, 1000],
  classes: 0,
  labels: undefined,
  targets: undefined,
};

/** The network of a head with its settings: those of a linear probe, by the number of its features and images. */
export function headNetwork({ name }: Pick<Backbone, "name">, features = NO_FEATURES): NetworkChoice {
  const plan: ProbePlan = probePlan(features);
  const recipe: Recipe = {
    name: name.replace(/\.\w+$/, ""),
    description: "a linear probe of features",
    shape: features.shape,
    input: {},
    layers: (classes) => probeLayers(classes),
    loss: softmaxCrossEntropy(),
    ...plan,
  };
  const { description: _d, shape: _s, input: _i, layers: _l, ...settings } = recipe;
  const network: NetworkChoice = {
    ...settings,
    recipe,
    isRecipe: false,
    changes: [],
    build(data) {
      throw new Error(`features of ${data.classes} classes, not images`);
    },
  };
  return forLabels(network, features);
}

/** The network of a head for features, which it standardises. */
export function headArchitecture(features: Dataset): Architecture {
  return new Architecture({ input: probeInput(features), layers: probeLayers(features.classes) });
}

/** The backbone of a run as its settings keep it: a name of a file is a path from here. */
export function notedBackbone(settings: BackboneSettings): BackboneSettings {
  const { file } = settings;
  return dirname(file) === "." && file.startsWith("@") ? settings : { ...settings, file: resolve(file) };
}
