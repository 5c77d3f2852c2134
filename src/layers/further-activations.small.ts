/** None; stands in place of `further-activations.ts` in the small one-file build. */
export const FURTHER_ACTIVATIONS = {};
