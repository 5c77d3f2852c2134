import type { Network } from "../model/network.ts";
import type { PredictionSettings } from "./prediction-settings.ts";
import { Predictor } from "./predictor.ts";
import { ViewPredictor } from "./view-predictor.ts";

/** A predictor for some settings. */
export function predictorOf(network: Network, settings: PredictionSettings): Predictor {
  const { testTimeAugmentation: views } = settings;
  return views === undefined ? new Predictor(network, settings) : new ViewPredictor(network, settings, views);
}
