import type { FileSource } from "../data/file-source.ts";
import { InputRangeError } from "../errors.ts";
import type { Checkpoint } from "../formats/checkpoint.ts";
import { checkOneOutput } from "../model/architecture.ts";
import { readOptions } from "../options/schema.ts";
import { EXPORT_HTML, type ExportHtmlOptions } from "./export-html-options.ts";
import { loadModel } from "./load-model.ts";

/** Longest side of grey images that people draw: larger ones are photographs. */
const LARGEST_DRAWING = 32;

/**
 * A trained model as a web page in one file, with a pad to draw on or a place for photographs, and a bar for each class. It works
 * without a server, from a disk or as an attachment, and sends nothing anywhere. It holds the weights, the library's part that
 * predicts, and nothing else of the file: neither notes on the run nor optimizer state.
 *
 * Drawings for 28 x 28 x 1 pixels are centred by mass as MNIST's digits are, others stretched to the model's size: light on
 * black, 0 to 255. Photographs are dropped, pasted, chosen or taken by the camera, and resized as `resizeImage` does. The page
 * takes some 180 KB (70 packed by gzip) and four thirds of the weights' size.
 *
 * The builds in one file don't have it.
 *
 * @param file a model file or a checkpoint, as `loadModel` takes it
 * @returns the text of an HTML file
 * @throws TypeError, RangeError if it is no model file, its images have neither 1 nor 3 channels, or it has several
 *   outputs
 * @example
 * const html = await exportHtml(model.save(), { title: "My digits" });
 */
export async function exportHtml(file: FileSource | Checkpoint, options: ExportHtmlOptions = {}): Promise<string> {
  const { title, input } = readOptions("exportHtml", EXPORT_HTML, options);
  const model = await loadModel(file, { batchSize: 1, threads: 1 });
  try {
    checkOneOutput(model.architecture, "exportHtml");
    const { shape } = model.architecture.input;
    if (shape[2] !== 1 && shape[2] !== 3) {
      throw new InputRangeError("exportHtml", "a model of images with 1 or 3 channels", `[${shape}]`);
    }
    const isDrawn = shape[2] === 1 && Math.max(...shape) <= LARGEST_DRAWING;
    const given = input === "auto" ? (isDrawn ? "drawing" : "photo") : input;
    const { default: page } = await import("../../build/model-page.js");
    return page
      .replace("{{model}}", () => base64(model.save()))
      .replace("{{input}}", given)
      .replaceAll("{{title}}", () => escaped(title));
  } finally {
    model.dispose();
  }
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** Bytes that one call makes text of: a multiple of three, and no more than a call may have arguments. */
const CHUNK = 3 * 2 ** 13;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += CHUNK) text += btoa(String.fromCharCode(...bytes.subarray(i, i + CHUNK)));
  return text;
}
