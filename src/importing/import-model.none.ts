import { notInSmallBuild } from "../errors.ts";
import type { ImportedModel, ImportOptions } from "./import-model.ts";
import type { ModelFile } from "./model-files.ts";

/** Throws; stands in place of `import-model.ts` in the one-file build without readers of other programs' files. */
export async function importModel(
  _files: ModelFile | readonly ModelFile[],
  _options?: ImportOptions,
): Promise<ImportedModel> {
  throw notInSmallBuild("importModel", "a build with the readers of other programs' models");
}
