import { CLASS_NAMES_KEY } from "../../formats/onnx/metadata.ts";
import type { Architecture } from "../../model/architecture.ts";
import { classNamesIn } from "../class-names.ts";

/** The names of classes in a file's metadata, a list in JSON, if there is one for each output. */
export function classNamesOf(
  metadata: ReadonlyMap<string, string>,
  architecture: Architecture,
): readonly string[] | undefined {
  const text = metadata.get(CLASS_NAMES_KEY);
  if (text === undefined) return undefined;
  try {
    return classNamesIn(JSON.parse(text), architecture);
  } catch {
    return undefined;
  }
}
