import type { FileSource } from "../data/file-source.ts";
import { InputRangeError, InputTypeError, listed } from "../errors.ts";
import type { Checkpoint } from "../formats/checkpoint.ts";
import type { ExportedFile, SavableModel } from "./export-contract.ts";
import { FORMATS } from "./export-formats.ts";
import { EXPORT_OPTIONS, type ExportOptions, type ExportSettings } from "./export-options.ts";
import { viewOf } from "./model-view.ts";
import type { Precision } from "./precision.ts";

const WHO = "exportModel";

/** The files of a model by options that are read: see `exportModel`. */
export async function writeModel(
  model: SavableModel | FileSource | Checkpoint,
  settings: ExportSettings,
): Promise<readonly ExportedFile[]> {
  checkFormat(settings);
  const precision = precisionOf(settings);
  const view = await viewOf(model, precision, settings.classNames);
  checkNames(view.classNames, view.architecture.outputShapes);
  const write = await FORMATS[settings.format].load();
  return write(view, settings);
}

/** Throws for options that the format does not know. */
function checkFormat(settings: ExportSettings): void {
  for (const [key, spec] of Object.entries(EXPORT_OPTIONS)) {
    const formats: readonly string[] | undefined = "formats" in spec ? spec.formats : undefined;
    if (formats === undefined || formats.includes(settings.format)) continue;
    if (Object.entries(settings).some(([name, value]) => name === key && value !== undefined && value !== false)) {
      throw new InputTypeError(WHO, `${key} only with ${listed(formats)}`, settings.format, "contradiction");
    }
  }
}

/**
 * The numbers that the files keep weights in.
 *
 * @throws TypeError, RangeError where options contradict each other, or the format cannot hold them
 */
export function precisionOf({
  format,
  half = false,
  int8 = false,
}: Pick<ExportOptions, "format" | "half" | "int8">): Precision {
  if (half && int8) throw new InputTypeError(WHO, "half or int8", "both", "contradiction");
  const { precisions, title } = FORMATS[format];
  // Formats know whole numbers of one kind.
  const whole = precisions.includes("uint8") ? "uint8" : "int8";
  const precision = half ? "float16" : int8 ? whole : "float32";
  if (precisions.includes(precision)) return precision;
  const others = Object.entries(FORMATS).flatMap(([name, each]) => (each.precisions.includes(precision) ? [name] : []));
  const has = precisions.includes("float16") ? "half makes its files half as large" : "leave it out";
  const advice = others.length === 0 ? has : `${has}, or format ${others.join(" or ")} has it`;
  throw new InputRangeError(WHO, `weights of ${precisions.join(" or ")} in ${title}`, precision, "unsupported-file", {
    advice,
  });
}

function checkNames(names: readonly string[] | undefined, outputs: ReadonlyMap<string, readonly number[]>): void {
  if (names === undefined || outputs.size !== 1) return;
  const [shape] = outputs.values();
  const classes = shape.at(-1) ?? 1;
  if (names.length === classes) return;
  throw new InputRangeError(WHO, `${classes} class names`, `${names.length}`, "shape-mismatch");
}
