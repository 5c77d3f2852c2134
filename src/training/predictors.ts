import type { TestTimeAugmentation } from "../data/views.ts";
import type { Network } from "../model/network.ts";
import type { PredictionSettings } from "./prediction-settings.ts";
import { Predictor } from "./predictor.ts";

/** A predictor for some settings; a promise only where there are several views, since that would cost a single image too much. */
export function predictorOf(network: Network, settings: PredictionSettings): Predictor | Promise<Predictor> {
  const { testTimeAugmentation: views } = settings;
  return views === undefined ? new Predictor(network, settings) : viewPredictor(network, settings, views);
}

async function viewPredictor(
  network: Network,
  settings: PredictionSettings,
  views: TestTimeAugmentation,
): Promise<Predictor> {
  const { ViewPredictor } = await import("./view-predictor.ts");
  return new ViewPredictor(network, settings, views);
}
