import { CLASS_NAMES_KEY } from "../../formats/onnx/metadata.ts";
import { sizeOf } from "../../layers/shape.ts";
import type { Architecture } from "../../model/architecture.ts";

/** The names of classes in a file's metadata, if there is one for each output. */
export function classNamesOf(
  metadata: ReadonlyMap<string, string>,
  { outputShapes }: Architecture,
): readonly string[] | undefined {
  const [shape, ...others] = outputShapes.values();
  const text = metadata.get(CLASS_NAMES_KEY);
  if (text === undefined || others.length > 0) return undefined;
  try {
    const names: unknown = JSON.parse(text);
    const list: unknown[] = Array.isArray(names) ? names : [];
    const isRight = list.length === sizeOf(shape) && new Set(list).size === list.length;
    return isRight && list.every((name) => typeof name === "string" && name !== "") ? list.map(String) : undefined;
  } catch {
    return undefined;
  }
}
