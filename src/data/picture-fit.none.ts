/** One way; `picture-fit.ts` of the small one-file build, which only stretches pictures. */
export const PICTURE_FITS = ["stretch"];

/** Nothing that a scaling could tell of it. */
export const FIT = {};
