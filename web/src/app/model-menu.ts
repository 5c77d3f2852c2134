import { exportModel } from "convasm";
import { h } from "../ui/dom.ts";
import { download } from "../ui/download.ts";
import { type IconName, icon } from "../ui/icons.ts";
import { reasonOf, tell } from "../ui/messages.ts";
import type { Workspace } from "./workspace.ts";

const SAFETENSORS = "application/octet-stream";

/** The menu "Model": save it, share it as a page, open one, keep a run to go on with later. */
export class ModelMenu {
  readonly button = h(
    "button",
    { class: "button", type: "button", "aria-haspopup": "menu", "aria-expanded": "false" },
    "Model",
    icon("down-small"),
  );
  readonly #workspace: Workspace;
  readonly #open: (file: File) => void;
  readonly #menu = h("div", { class: "menu", popover: "auto", role: "menu", "aria-label": "Model" });
  readonly #save = item("download", "Save the model", "What it has learned, to draw for, or to train on");
  readonly #page = item("share", "Export as a page", "One file to try it with, which works from a disk");
  readonly #checkpoint = item("file", "Save the run", "To go on training later, here or with convasm train --resume");

  /** @param open told the model file that was chosen */
  constructor(workspace: Workspace, open: (file: File) => void) {
    this.#workspace = workspace;
    this.#open = open;
    this.#save.addEventListener("click", () => this.#run(() => this.#saveModel()));
    this.#page.addEventListener("click", () => this.#run(() => this.#exportPage()));
    this.#checkpoint.addEventListener("click", () => this.#run(() => this.#saveRun()));
    const picker = h("input", {
      type: "file",
      accept: ".safetensors",
      class: "hidden-text",
      tabindex: -1,
      "aria-label": "Model file",
    });
    picker.addEventListener("change", () => {
      const [file] = picker.files ?? [];
      if (file !== undefined) this.#open(file);
      picker.value = "";
    });
    const choose = item("folder", "Open a file …", "A model or a run, of this page or of the command line");
    choose.addEventListener("click", () => this.#run(async () => picker.click()));
    this.#menu.append(this.#save, this.#page, this.#checkpoint, h("hr"), choose);
    document.body.append(this.#menu, picker);
    this.button.addEventListener("click", () => this.#toggle());
    this.#menu.addEventListener("toggle", (event) => {
      const isOpen = event instanceof ToggleEvent && event.newState === "open";
      this.button.setAttribute("aria-expanded", String(isOpen));
      if (isOpen) this.#items()[0]?.focus();
    });
    this.#menu.addEventListener("keydown", (event) => this.#key(event));
  }

  #items(): HTMLButtonElement[] {
    return Array.from(this.#menu.querySelectorAll("button")).filter(({ disabled, hidden }) => !disabled && !hidden);
  }

  #toggle(): void {
    const { model, run } = this.#workspace;
    this.#save.disabled = model.value === undefined;
    this.#page.disabled = model.value === undefined;
    this.#checkpoint.disabled = run.value?.figures.step === undefined || run.value.error !== undefined;
    const { bottom, right } = this.button.getBoundingClientRect();
    this.#menu.style.top = `${bottom + 6}px`;
    this.#menu.style.right = `${Math.max(8, document.documentElement.clientWidth - right)}px`;
    this.#menu.togglePopover();
  }

  #key(event: KeyboardEvent): void {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const items = this.#items();
    const { activeElement } = document;
    const at = activeElement instanceof HTMLButtonElement ? items.indexOf(activeElement) : -1;
    items[(at + by + items.length) % items.length]?.focus();
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
    download(await current.model.save(), `${current.draft.name}.safetensors`, SAFETENSORS);
    this.#workspace.mark({ isSaved: true });
  }

  async #exportPage(): Promise<void> {
    const current = this.#workspace.model.value;
    if (current === undefined) return;
    const { name } = current.draft;
    const [page] = await exportModel(current.model, { format: "html", name, title: `Try ${name}` });
    download(page.bytes, page.name, "text/html");
  }

  async #saveRun(): Promise<void> {
    const run = this.#workspace.run.value;
    if (run === undefined) return;
    download(await run.checkpoint(), `${run.plan.draft.name}-run.safetensors`, SAFETENSORS);
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
