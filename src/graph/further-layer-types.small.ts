/** None; stands in place of `further-layer-types.ts` in the small one-file build. */
export const FURTHER_LAYER_TYPES = {};
