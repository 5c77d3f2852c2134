import type { Checkpoint } from "../formats/checkpoint.ts";
import { Model } from "./model.ts";
import { modelContents } from "./model-contents.ts";

/**
 * The bytes that a fingerprint of weights is computed from: their values, one weight after the other in the order of
 * the model file, each value as a little-endian 32-bit float. Names, shapes and settings don't count.
 *
 * @param model a compiled model, or the weights of a file
 */
export function weightBytes(model: Model | Checkpoint["weights"]): Uint8Array<ArrayBufferLike>[] {
  const weights = model instanceof Model ? modelContents(model.network, model).weights : model;
  return Array.from(weights.values(), ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
