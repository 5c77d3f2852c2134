/** Stands in place of `layer-decay.ts` in the small one-file build, which knows no such option. */
export const LAYER_DECAY = {};
