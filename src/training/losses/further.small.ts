/** None; stands in place of `further.ts` in the small one-file build. */
export const FURTHER_LOSSES = {};
