/** Stands in place of `layer-rates.ts` in the small one-file build, in which nothing calls it. */
export const withLayerRates = undefined;
