/**
 * convasm for Node: everything of the browser-safe entry, and files.
 *
 * @module
 */

import { useNode } from "./node/host.ts";
import { useNodeSessions } from "./node/sessions.ts";
// Loaded at once: as a part of its own it would cut what it shares with the rest into many files.
import "./training/classify.ts";

useNode();
useNodeSessions();

export type { TrainTest } from "./data/mnist.ts";
export * from "./index.ts";
export { CsvLog } from "./node/csv-log.ts";
export { type LoadDataFilesOptions, loadDataFiles } from "./node/data-files.ts";
export { DownloadError } from "./node/download.ts";
export { FileError } from "./node/file-error.ts";
export { writeFileAtomic } from "./node/files.ts";
export { decodeImage, type ReadImageOptions, readImage } from "./node/image.ts";
export {
  type IdxFolderOptions,
  type LoadedMnist,
  type LoadMnistOptions,
  loadIdxFolder,
  loadMnist,
} from "./node/mnist.ts";
export { ModelCheckpoint, type ModelCheckpointOptions } from "./node/model-checkpoint.ts";
export { type ReadSafetensorsOptions, readSafetensors } from "./node/safetensors.ts";
export { weightsSha256 } from "./node/weights-hash.ts";
export { changeRecipe, type RecipeChanges } from "./recipes/change-recipe.ts";
export { recipeFor } from "./recipes/for-data.ts";
export { readRecipe, recipeToJson } from "./recipes/recipe-file.ts";
