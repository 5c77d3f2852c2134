import { InputRangeError } from "../errors.ts";
import { checkOneOutput } from "../model/architecture.ts";
import type { ExportedFile } from "./export-contract.ts";
import type { ExportSettings } from "./export-options.ts";
import type { ModelView } from "./model-view.ts";
import { modelFile } from "./safetensors.ts";

const WHO = "exportModel";

/** Longest side of grey images that people draw: larger ones are photographs. */
const LARGEST_DRAWING = 32;

/**
 * Writes a web page that predicts. It holds the weights, the library's part that predicts, and nothing else of the model: neither notes on the run nor
 * optimizer state.
 *
 * @throws RangeError if images have neither 1 nor 3 channels, or there are several outputs
 */
export async function writeHtml(
  model: ModelView,
  { name, title = "Try a network", input = "auto", half }: ExportSettings,
): Promise<readonly ExportedFile[]> {
  const { architecture, settings } = model;
  checkOneOutput(architecture, WHO);
  const { shape } = architecture.input;
  if (shape[2] !== 1 && shape[2] !== 3) {
    throw new InputRangeError(WHO, "a model of images with 1 or 3 channels", `[${shape}]`);
  }
  const isDrawn = shape[2] === 1 && Math.max(...shape) <= LARGEST_DRAWING;
  const given = input === "auto" ? (isDrawn ? "drawing" : "photo") : input;
  const { default: page } = await import("../../build/model-page.js");
  const file = modelFile({ ...model, settings: { ...settings, batchSize: 1 } }, half);
  const text = page
    .replace("{{model}}", () => base64(file))
    .replace("{{input}}", given)
    .replaceAll("{{title}}", () => escaped(title));
  return [{ name: `${name}.html`, bytes: new TextEncoder().encode(text) }];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** Bytes that one call of `String.fromCharCode` makes text of: a multiple of three, as base64 wants, below the limit of arguments. */
const CHUNK = 3 * 2 ** 13;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += CHUNK) text += btoa(String.fromCharCode(...bytes.subarray(i, i + CHUNK)));
  return text;
}
