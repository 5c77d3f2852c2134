import type { FileSource } from "../data/file-source.ts";
import { HostError } from "../errors.ts";
import type { Checkpoint } from "../formats/checkpoint.ts";
import type { ExportHtmlOptions } from "./export-html-options.ts";

/** Throws; stands in place of `export-html.ts` in the one-file builds, which the page would make twice as large. */
export async function exportHtml(_file: FileSource | Checkpoint, _options?: ExportHtmlOptions): Promise<string> {
  throw new HostError(
    "exportHtml",
    "expected a build that has the page, such as browser/convasm.js, got one in a single file",
    "not-in-build",
  );
}
