import { encodeCheckpoint } from "../formats/checkpoint.ts";
import { halvesOf } from "../formats/half-floats.ts";
import { decodeSafetensors, encodeSafetensors, type WrittenTensor } from "../formats/safetensors.ts";
import type { ExportedFile } from "./export-contract.ts";
import type { ExportSettings } from "./export-options.ts";
import type { ModelView } from "./model-view.ts";

/** Writes a model file of convasm: the network and the settings that predictions need, and all weights. */
export function writeSafetensors(model: ModelView, { name, half }: ExportSettings): readonly ExportedFile[] {
  return [{ name: `${name}.safetensors`, bytes: modelFile(model, half) }];
}

/** The bytes of a model file, without optimizer and notes. */
export function modelFile({ architecture, settings, weights }: ModelView, half: boolean): Uint8Array<ArrayBuffer> {
  const bytes = encodeCheckpoint({ model: architecture.toJson(), settings, weights });
  if (!half) return bytes;
  // The checksum is that of the values, which halves keep.
  const { tensors, metadata } = decodeSafetensors(bytes);
  const halves = [...tensors].map(([key, { shape, data }]): [string, WrittenTensor] => [
    key,
    { dtype: "F16", shape, data: halvesOf(data) },
  ]);
  return encodeSafetensors(new Map(halves), metadata);
}
