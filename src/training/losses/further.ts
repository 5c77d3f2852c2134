import { BINARY_FOCAL_CROSSENTROPY, CATEGORICAL_FOCAL_CROSSENTROPY } from "./focal.ts";
import { HUBER, MEAN_ABSOLUTE_ERROR } from "./values.ts";

/** Losses that the small one-file build does without. */
export const FURTHER_LOSSES = {
  categoricalFocalCrossentropy: CATEGORICAL_FOCAL_CROSSENTROPY,
  binaryFocalCrossentropy: BINARY_FOCAL_CROSSENTROPY,
  meanAbsoluteError: MEAN_ABSOLUTE_ERROR,
  huber: HUBER,
};
