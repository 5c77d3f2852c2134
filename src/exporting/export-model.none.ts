import type { FileSource } from "../data/file-source.ts";
import { notInSmallBuild } from "../errors.ts";
import type { Checkpoint } from "../formats/checkpoint.ts";
import type { ExportedFile, SavableModel } from "./export-contract.ts";
import type { ExportOptions } from "./export-options.ts";

/** Throws; stands in place of `export-model.ts` in the one-file build without writers of other programs' files. */
export async function exportModel(
  _model: SavableModel | FileSource | Checkpoint,
  _options: ExportOptions,
): Promise<readonly ExportedFile[]> {
  throw notInSmallBuild("exportModel", "a build with the writers of other programs' models");
}
