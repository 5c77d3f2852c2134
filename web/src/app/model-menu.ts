import { exportModel } from "convasm";
import { h } from "../ui/dom.ts";
import { download } from "../ui/download.ts";
import { type IconName, icon } from "../ui/icons.ts";
import { followArrowKeys, menuItems } from "../ui/menu-items.ts";
import { reasonOf, tell } from "../ui/messages.ts";
import { MODEL_ENDINGS } from "./foreign-model.ts";
import type { Workspace } from "./workspace.ts";

const BYTES = "application/octet-stream";

/** Formats of other programs, with what reads them. */
const PROGRAMS = [
  ["onnx", "ONNX", "For ONNX Runtime and most others"],
  ["keras", "Keras", "A .keras file of Keras 3"],
  ["tfjs", "TensorFlow.js", "model.json and its weights"],
  ["pytorch", "PyTorch", "A module's source and its weights"],
] as const;

/** The menu "Model": save it, share it as a page, open one, keep a run to go on with later. */
export class ModelMenu {
  readonly button = h(
    "button",
    { class: "button", type: "button", "aria-haspopup": "menu", "aria-expanded": "false" },
    "Model",
    icon("down-small"),
  );
  readonly #workspace: Workspace;
  readonly #open: (files: readonly File[]) => void;
  readonly #menu = h("div", { class: "menu", popover: "auto", role: "menu", "aria-label": "Model" });
  readonly #save = item("download", "Save the model", "What it has learned, to draw for, or to train on");
  readonly #page = item("share", "Export as a page", "One file to try it with, which works from a disk");
  readonly #checkpoint = item("file", "Save the run", "To go on training later, here or with convasm train --resume");

  readonly #programs = PROGRAMS.map(([format, label, about]) => {
    const entry = item("share", `Save for ${label}`, about);
    entry.addEventListener("click", () => this.#run(() => this.#exportFor(format)));
    return entry;
  });

  /** @param open told the files of the model that were chosen */
  constructor(workspace: Workspace, open: (files: readonly File[]) => void) {
    this.#workspace = workspace;
    this.#open = open;
    this.#save.addEventListener("click", () => this.#run(() => this.#saveModel()));
    this.#page.addEventListener("click", () => this.#run(() => this.#exportPage()));
    this.#checkpoint.addEventListener("click", () => this.#run(() => this.#saveRun()));
    const picker = h("input", {
      type: "file",
      accept: MODEL_ENDINGS.join(),
      multiple: true,
      class: "hidden-text",
      tabindex: -1,
      "aria-label": "Model file",
    });
    picker.addEventListener("change", () => {
      const files = [...(picker.files ?? [])];
      if (files.length > 0) this.#open(files);
      picker.value = "";
    });
    const choose = item(
      "folder",
      "Open a file …",
      "A model or a run of convasm, or a model of ONNX, Keras, TensorFlow.js or PyTorch",
    );
    choose.addEventListener("click", () => this.#run(async () => picker.click()));
    this.#menu.append(this.#save, this.#page, this.#checkpoint, h("hr"), ...this.#programs, h("hr"), choose);
    document.body.append(this.#menu, picker);
    this.button.addEventListener("click", () => this.#toggle());
    this.#menu.addEventListener("toggle", (event) => {
      const isOpen = event instanceof ToggleEvent && event.newState === "open";
      this.button.setAttribute("aria-expanded", String(isOpen));
      if (isOpen) menuItems(this.#menu)[0]?.focus();
    });
    followArrowKeys(this.#menu);
  }

  #toggle(): void {
    const { model, run } = this.#workspace;
    this.#save.disabled = model.value === undefined;
    for (const entry of [this.#page, ...this.#programs]) entry.disabled = model.value === undefined;
    this.#checkpoint.disabled = run.value?.figures.step === undefined || run.value.error !== undefined;
    const { bottom, right } = this.button.getBoundingClientRect();
    this.#menu.style.top = `${bottom + 6}px`;
    this.#menu.style.right = `${Math.max(8, document.documentElement.clientWidth - right)}px`;
    this.#menu.togglePopover();
  }

  async #run(work: () => Promise<void>): Promise<void> {
    this.#menu.hidePopover();
    this.button.focus();
    try {
      await work();
    } catch (error) {
      tell({ kind: "error", title: "That could not be saved", text: reasonOf(error), topic: "file" });
    }
  }

  async #saveModel(): Promise<void> {
    const current = this.#workspace.model.value;
    if (current === undefined) return;
    download(await current.model.save(), `${current.draft.name}.safetensors`, BYTES);
    this.#workspace.mark({ isSaved: true });
  }

  async #exportPage(): Promise<void> {
    const current = this.#workspace.model.value;
    if (current === undefined) return;
    const { name } = current.draft;
    const [page] = await exportModel(current.model, { format: "html", name, title: `Try ${name}` });
    download(page.bytes, page.name, "text/html");
  }

  async #exportFor(format: (typeof PROGRAMS)[number][0]): Promise<void> {
    const current = this.#workspace.model.value;
    if (current === undefined) return;
    const { name } = current.draft;
    for (const file of await exportModel(current.model, { format, name })) download(file.bytes, file.name, BYTES);
  }

  async #saveRun(): Promise<void> {
    const run = this.#workspace.run.value;
    if (run === undefined) return;
    download(await run.checkpoint(), `${run.plan.draft.name}-run.safetensors`, BYTES);
    this.#workspace.mark({ isSaved: true });
  }
}

function item(name: IconName, label: string, about: string): HTMLButtonElement {
  return h(
    "button",
    { class: "button button-quiet menu-item", type: "button", role: "menuitem" },
    icon(name),
    h(
      "span",
      { class: "menu-text" },
      h("span", { class: "menu-label" }, label),
      h("span", { class: "menu-about" }, about),
    ),
  );
}
