import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from "../../src/formats/safetensors.ts";

/** A model file that was changed on purpose: without the checksum, which would tell of the change. */
export function changedFile(
  tensors: ReadonlyMap<string, SafetensorsTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const { checksum: _, ...rest } = metadata;
  return encodeSafetensors(tensors, rest);
}

/** A model file or a checkpoint as version 0.1 wrote it, which knew no scaling and no checksum, and did not note how data was read. */
export function oldFile(file: Uint8Array): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(file);
  const { scaling: _, ...settings } = JSON.parse(metadata.settings);
  const training = metadata.training === undefined ? undefined : JSON.parse(metadata.training);
  if (training !== undefined) delete training.settings.data.reader;
  return changedFile(tensors, {
    ...metadata,
    settings: JSON.stringify(settings),
    ...(training !== undefined && { training: JSON.stringify(training) }),
  });
}
