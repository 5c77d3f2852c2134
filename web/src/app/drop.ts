import type { DataFileInput } from "convasm";
import { droppedFiles } from "../data/dropped.ts";
import { h } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { reasonOf, tell } from "../ui/messages.ts";
import { shownView } from "../ui/tabs.ts";
import { MODEL_ENDINGS } from "./foreign-model.ts";

/** Actions for files that are dropped anywhere on the page. */
export interface DropActions {
  openModel(files: readonly File[]): void;
  openImages(files: readonly DataFileInput[]): void;
}

/** Takes files that are dropped on the page: models by their names, all others as images. What is dropped on "Teach" that view takes itself. */
export function startDrop({ openModel, openImages }: DropActions): void {
  const overlay = h(
    "div",
    { class: "drop-overlay", hidden: true },
    h(
      "div",
      {},
      icon("upload"),
      h("h2", {}, "Drop to open"),
      h(
        "p",
        { class: "soft" },
        "Images to train on, in files or in folders, or a model that was saved, here or by ONNX, Keras, TensorFlow.js or PyTorch.",
      ),
    ),
  );
  document.body.append(overlay);
  // Each element under the pointer enters and leaves by itself.
  let depth = 0;
  const hasFiles = (event: DragEvent): boolean =>
    shownView.value !== "teach" && event.dataTransfer?.types.includes("Files") === true;
  addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    overlay.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (!hasFiles(event)) return;
    depth -= 1;
    overlay.hidden = depth <= 0;
  });
  addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    const { dataTransfer } = event;
    if (dataTransfer === null || !hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    overlay.hidden = true;
    droppedFiles(dataTransfer)
      .then((files) => {
        const model = modelOf(files);
        if (model !== undefined) openModel(model);
        else openImages(files);
      })
      .catch((error: unknown) => {
        tell({ kind: "error", title: "What was dropped could not be opened", text: reasonOf(error), topic: "data" });
      });
  });
}

/** The files of a model; undefined where some are none. An HDF5 file by itself may have images: the menu opens those with models. */
function modelOf(files: readonly DataFileInput[]): readonly File[] | undefined {
  const own = files.flatMap(({ bytes }) => (bytes instanceof File ? [bytes] : []));
  const isAll = own.length === files.length && own.every(({ name }) => MODEL_ENDINGS.some((end) => name.endsWith(end)));
  return isAll && own.some(({ name }) => /\.(safetensors|onnx|keras|pth|pt|json)$/.test(name)) ? own : undefined;
}
