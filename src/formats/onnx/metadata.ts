/** The key of the metadata under which the names of classes are, as a list in JSON. */
export const CLASS_NAMES_KEY = "class_names";

/**
 * The key of the metadata under which the scaling of pixels is, as JSON: `scale` and `offset` of each channel, and `inside`, which is true
 * where the network does it.
 */
export const INPUT_SCALING_KEY = "input_scaling";
