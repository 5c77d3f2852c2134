import { createHash } from "node:crypto";
import type { Checkpoint } from "../formats/checkpoint.ts";
import type { Model } from "../training/model.ts";
import { weightBytes } from "../training/weight-bytes.ts";

/**
 * Fingerprint of all weights of a model: SHA-256 over their values, one weight after the other in the order of the
 * model file, each value as a little-endian 32-bit float. Names, shapes and settings don't count.
 *
 * @param model a compiled model, or the weights of a file
 * @returns 64 lower-case hexadecimal digits
 *
 * @example
 * weightsSha256(readCheckpoint(await readSafetensors("model.safetensors"), "model").weights);
 */
export function weightsSha256(model: Model | Checkpoint["weights"]): string {
  const hash = createHash("sha256");
  for (const bytes of weightBytes(model)) hash.update(bytes);
  return hash.digest("hex");
}
