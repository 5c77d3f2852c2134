/**
 * The formats that models are written in.
 *
 * @module
 */

import type { ExportedFile } from "./export-contract.ts";
import type { ExportFormatName, ExportSettings } from "./export-options.ts";
import type { ModelView } from "./model-view.ts";
import type { Precision } from "./precision.ts";

/**
 * Makes the files of a model, the main one first. Their names begin with `settings.name`.
 *
 * @throws RangeError if it has something that there is none of in the format: its name, where, and the nearest
 */
export type WriteModel = (
  model: ModelView,
  settings: ExportSettings,
) => readonly ExportedFile[] | Promise<readonly ExportedFile[]>;

/** A format that models are written in. */
export interface ExportFormat {
  /** Its name, for people. */
  readonly title: string;
  /** The endings of its files, the main one's first. */
  readonly endings: readonly [string, ...string[]];
  /** The numbers that its files can keep weights in. */
  readonly precisions: readonly Precision[];
  /** One line on how the files are used. */
  use(files: readonly string[]): string;
  /** Loads its writer. */
  readonly load: () => Promise<WriteModel>;
}

/** All formats by their names. */
export const FORMATS: Readonly<Record<ExportFormatName, ExportFormat>> = {
  onnx: {
    title: "ONNX",
    endings: [".onnx"],
    precisions: ["float32", "float16", "int8"],
    use: ([file]) =>
      `onnxruntime.InferenceSession(${JSON.stringify(file)}).run(None, {"input": pixels}) in Python, pixels of float32 [n, channels, height, width]`,
    load: async () => (await import("./onnx/write-onnx.ts")).writeOnnx,
  },
  keras: {
    title: "a model of Keras 3",
    endings: [".keras"],
    // h5wasm writes no numbers of half precision.
    precisions: ["float32"],
    use: ([file]) => `keras.models.load_model(${JSON.stringify(file)}) in Python`,
    load: async () => (await import("./keras/write-keras.ts")).writeKeras,
  },
  tfjs: {
    title: "a layers model of TensorFlow.js",
    endings: [".json"],
    precisions: ["float32", "float16", "uint8"],
    use: ([file]) => `tf.loadLayersModel(${JSON.stringify(file)})`,
    load: async () => (await import("./tensorflowjs/write-tensorflowjs.ts")).writeTensorflowjs,
  },
  pytorch: {
    title: "PyTorch, a module's source and its state dict",
    endings: [".py"],
    precisions: ["float32", "float16"],
    use: ([file]) =>
      `import ${file.replace(/^.*[/]|[.]py$/g, "")} as trained; net = trained.load() in Python, in that folder`,
    load: async () => (await import("./pytorch/write-pytorch.ts")).writePytorch,
  },
  safetensors: {
    title: "convasm's model file, safetensors",
    endings: [".safetensors"],
    precisions: ["float32", "float16"],
    use: ([file]) =>
      `loadModel(${JSON.stringify(file)}), or safetensors.numpy.load_file(${JSON.stringify(file)}) in Python`,
    load: async () => (await import("./safetensors.ts")).writeSafetensors,
  },
  html: {
    title: "a web page in one file",
    endings: [".html", ".htm"],
    precisions: ["float32", "float16"],
    use: () => "open it in a browser, or send it to someone",
    load: async () => (await import("./html.ts")).writeHtml,
  },
};
