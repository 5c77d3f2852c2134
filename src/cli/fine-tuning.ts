import type { DatasetFacts } from "../data/dataset.ts";
import { tunedLayers } from "../model/blocks.ts";
import type { BackboneSettings } from "../recipes/backbone-settings.ts";
import type { Model } from "../training/model.ts";
import { copyInto } from "../training/transfer/features.ts";
import { type FineTunePlan, fineTunePlan } from "../training/transfer/fine-tune-plan.ts";
import { fitHeadOf } from "../training/transfer/head.ts";
import { probePlan } from "../training/transfer/probe.ts";
import type { Backbone } from "./backbone.ts";
import type { Context } from "./context.ts";
import { counted, duration, loss, percent } from "./format.ts";
import { forLabels } from "./labels.ts";
import type { NetworkChoice } from "./network-option.ts";
import type { FeatureData } from "./picture-features.ts";
import type { StartModel } from "./start-model.ts";
import { headNetwork } from "./transfer.ts";

/** Parts of a network that is fine-tuned. */
interface Tuned {
  /** Layers that are trained. */
  readonly layers: number;
}

/** Says for each layer of a whole network whether fine-tuning trains it, and how many it trains. */
export function tune(whole: Model, blocks: NonNullable<BackboneSettings["fineTune"]>): Tuned {
  const { graph } = whole.architecture;
  const { trained, frozen } = tunedLayers(graph, blocks === "all" ? undefined : blocks, "--fine-tune");
  for (const path of frozen) whole.freeze(path);
  for (const path of trained) whole.unfreeze(path);
  return { layers: trained.length };
}

/** Pictures before there are any, for settings that mistakes are looked for in. */
const NO_PICTURES: Pick<DatasetFacts, "length" | "classes" | "labels" | "targets"> = {
  length: 1000,
  classes: 0,
  labels: undefined,
  targets: undefined,
};

/** The network of a fine-tuning with its settings, by the number of its pictures and layers. */
export function tunedNetwork(
  backbone: Pick<Backbone, "name">,
  pictures = NO_PICTURES,
  { layers }: Tuned = { layers: 1 },
): NetworkChoice {
  const { classWeight: _w, metrics: _m, ...head } = headNetwork(backbone);
  const plan: FineTunePlan = fineTunePlan(pictures, layers);
  return forLabels({ ...head, ...plan }, pictures);
}

/** The start of a fine-tuning: the weights of the backbone, with a last layer that has learned from its features. */
export function tunedStart(whole: Model, features: FeatureData, { output, signal }: Context): Pick<StartModel, "fill"> {
  return {
    async fill(model) {
      const began = performance.now();
      const { train, validation } = features;
      const plan = {
        ...probePlan(train),
        threads: 1 as const,
        signal,
        ...(validation !== undefined && { validation }),
      };
      const { epochs } = await fitHeadOf(whole, train, plan, model.seed);
      signal.throwIfAborted();
      copyInto(model, whole);
      model.classNames = whole.classNames;
      model.scaling = whole.scaling;
      const seconds = (performance.now() - began) / 1000;
      const { trainLoss, trainAccuracy, valAccuracy, valLoss } = epochs[epochs.length - 1];
      output.event({ event: "head", epochs: epochs.length, trainAccuracy, valAccuracy, valLoss, seconds });
      const [accuracy, images] = valAccuracy === undefined ? [trainAccuracy, "training"] : [valAccuracy, "validation"];
      const share = Number.isNaN(accuracy)
        ? `loss ${loss(valLoss ?? trainLoss)} on the ${images} images`
        : `${percent(accuracy)} of the ${images} images right`;
      output.text(
        `Head      ${share} by the last layer alone, after ${counted(epochs.length, "epoch")} in ${duration(seconds)}`,
      );
      return undefined;
    },
  };
}
