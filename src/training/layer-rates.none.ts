import { notInSmallBuild } from "../errors.ts";

/** Throws; stands in place of `layer-rates.ts` in the small one-file build. */
export function withLayerRates(): never {
  throw notInSmallBuild("layerDecay", "a build with rates of layers");
}
