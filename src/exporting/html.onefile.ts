import { HostError } from "../errors.ts";
import type { ExportedFile } from "./export-contract.ts";
import type { ExportSettings } from "./export-options.ts";
import type { ModelView } from "./model-view.ts";

/** Throws; stands in place of `html.ts` in the one-file builds, which the page would make twice as large. */
export async function writeHtml(_model: ModelView, _settings: ExportSettings): Promise<readonly ExportedFile[]> {
  throw new HostError(
    "exportModel",
    "expected a build that has the page, such as browser/convasm.js, got one in a single file",
    "not-in-build",
  );
}
