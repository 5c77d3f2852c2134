import type { ExportFormatName } from "convasm";
import { h } from "../ui/dom.ts";
import { download } from "../ui/download.ts";
import { icon } from "../ui/icons.ts";
import { reasonOf, tell } from "../ui/messages.ts";
import type { Teacher } from "./teacher.ts";

const FORMATS: readonly (readonly [format: ExportFormatName, label: string, about: string])[] = [
  ["html", "As a page", "one HTML file with the camera, which works from a disk"],
  ["safetensors", "As a model", "for this page, the library and convasm predict"],
  ["onnx", "As ONNX", "for ONNX Runtime and others"],
  ["tfjs", "For TensorFlow.js", "model.json and its weights"],
];

const TYPES: Readonly<Record<string, string>> = { html: "text/html", json: "application/json" };

/** The card "Take it along": what was learned, as files. */
export class ExportPanel {
  readonly element: HTMLElement;
  readonly #teacher: Teacher;
  readonly #buttons: readonly HTMLButtonElement[];

  constructor(teacher: Teacher) {
    this.#teacher = teacher;
    this.#buttons = FORMATS.map(([format, label, about]) => {
      const text = h("span", { class: "menu-text" }, h("span", {}, label), h("span", { class: "menu-about" }, about));
      const button = h("button", { class: "button button-quiet menu-item", type: "button" }, icon("download"), text);
      button.addEventListener("click", () => void this.#save(format));
      return button;
    });
    this.element = h(
      "section",
      { class: "card teach-export", "aria-label": "Take it along" },
      h("div", { class: "card-head" }, h("h2", {}, "Take it along")),
      ...this.#buttons,
    );
    this.enable(false);
  }

  /** @param isLearned whether there is something to save */
  enable(isLearned: boolean): void {
    for (const button of this.#buttons) button.disabled = !isLearned;
  }

  async #save(format: ExportFormatName): Promise<void> {
    this.enable(false);
    try {
      for (const { name, bytes } of await this.#teacher.call("exportAs", [format, "taught"])) {
        download(bytes, name, TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream");
      }
    } catch (error) {
      tell({ kind: "error", title: "That could not be saved", text: reasonOf(error), topic: "file" });
    } finally {
      this.enable(true);
    }
  }
}
