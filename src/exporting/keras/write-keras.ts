import { CLASS_NAMES } from "../../formats/keras-names.ts";
import type { ExportedFile } from "../export-contract.ts";
import type { ExportSettings } from "../export-options.ts";
import type { ModelView } from "../model-view.ts";
import { kerasConfig } from "./config.ts";
import { kerasModel } from "./keras-model.ts";
import { weightsFile } from "./weights-file.ts";

/** The first day that dates of ZIP archives can name, so that files are the same at any time. */
const FIRST_DAY = "1980-01-01T00:00:00";

/** The version of Keras whose format the files have. */
const KERAS_VERSION = "3.15.0";

/** Writes a model of Keras 3, `.keras`: an archive of the configuration and an HDF5 file of weights. */
export async function writeKeras(model: ModelView, settings: ExportSettings): Promise<readonly ExportedFile[]> {
  const { name } = settings;
  const { json, layers } = kerasConfig(kerasModel(model, "Keras", settings), 3, name);
  const { classNames } = model;
  const metadata = { keras_version: KERAS_VERSION, ...(classNames !== undefined && { [CLASS_NAMES]: classNames }) };
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const { zipSync } = await import("fflate");
  const files = {
    "metadata.json": text(metadata),
    "config.json": text(json),
    "model.weights.h5": await weightsFile(layers),
  };
  // Stored, not packed: weights hardly shrink.
  const bytes = zipSync(files, { level: 0, mtime: FIRST_DAY });
  return [{ name: `${name}.keras`, bytes }];
}
