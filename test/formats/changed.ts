import { encodeSafetensors, type SafetensorsTensor } from "../../src/formats/safetensors.ts";

/** A model file that was changed on purpose: without the checksum, which would tell of the change. */
export function changedFile(
  tensors: ReadonlyMap<string, SafetensorsTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const { checksum: _, ...rest } = metadata;
  return encodeSafetensors(tensors, rest);
}
