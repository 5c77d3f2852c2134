import type { FileSource } from "../data/file-source.ts";
import type { Checkpoint } from "../formats/checkpoint.ts";
import { readOptions } from "../options/schema.ts";
import type { ExportedFile, SavableModel } from "./export-contract.ts";
import { EXPORT_OPTIONS, type ExportOptions } from "./export-options.ts";

/**
 * The files of a model in the format of another program, or as a web page; docs/FORMATS.md has what goes out and what is lost.
 *
 * | format | files |
 * |---|---|
 * | `onnx` | one, of ONNX' operators 17: images as [N, channels, height, width], N free; pixels as `predict` takes them, and what it gives; names of classes in the metadata |
 * | `pytorch` | the source of a module in Python, and its state dict as safetensors in PyTorch's names and order of axes |
 * | `safetensors` | a model file of convasm without optimizer and notes; its tensors are plain ones that other programs read |
 * | `html` | a page in one file, with a pad to draw on or a place for photographs, and a bar for each class. It works without a server, from a disk or as an attachment, and sends nothing anywhere. It takes some 180 KB (70 packed by gzip) and four thirds of the weights' size |
 *
 * Drawings on a page for 28 x 28 x 1 pixels are centred by mass as MNIST's digits are, others stretched to the model's size: light on
 * black, 0 to 255. Photographs are dropped, pasted, chosen or taken by the camera, and brought to the size as `fitImage` does by the model's scaling. The builds in one
 * file have no pages.
 *
 * @param model a compiled model, or a model file or checkpoint as `loadModel` takes them
 * @returns the files, the main one first
 * @throws TypeError, RangeError for a wrong option, a file that is no model, or a layer that the format cannot hold, by its name
 * @throws DivergedError if a weight is NaN or infinite
 * @example
 * const [{ name, bytes }] = await exportModel(model, { format: "onnx", name: "digits" }); // "digits.onnx"
 * @example
 * const [page] = await exportModel(model, { format: "html", title: "My digits" });
 * const url = URL.createObjectURL(new Blob([page.bytes], { type: "text/html" }));
 */
export async function exportModel(
  model: SavableModel | FileSource | Checkpoint,
  options: ExportOptions,
): Promise<readonly ExportedFile[]> {
  const settings = readOptions("exportModel", EXPORT_OPTIONS, options);
  const { writeModel } = await import("./write-model.ts");
  return writeModel(model, settings);
}
