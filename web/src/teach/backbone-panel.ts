import { fill, h, newId, setText } from "../ui/dom.ts";
import { megabytes, sentence, shape } from "../ui/format.ts";
import { icon } from "../ui/icons.ts";
import { dismiss, reasonOf, tell } from "../ui/messages.ts";
import { askForSettings } from "./backbone-settings.ts";
import type { BackboneFacts, BackboneSettings } from "./protocol.ts";
import type { Teacher } from "./teacher.ts";

/** Ends of the names of files that hold a network. */
const ACCEPT = ".onnx,.keras,.h5,.hdf5,.json,.bin,.safetensors";

const ADVICE =
  "Without a backbone a small network learns from your pictures alone, and only tells apart what looks quite different. " +
  "A backbone has learned from a million photographs already: with one, a few pictures do, and answers are far better.";

/** The card "Backbone": which network looks at the pictures. */
export class BackbonePanel {
  readonly element: HTMLElement;
  readonly #teacher: Teacher;
  readonly #onChange: () => void;
  readonly #list = h("div", { class: "teach-backbones", role: "radiogroup", "aria-label": "Backbone" });
  readonly #status = h("p", { class: "note", role: "status" });
  readonly #advice = h("p", { class: "note" }, ADVICE);
  readonly #picker = h("input", { type: "file", multiple: true, accept: ACCEPT, class: "hidden-text", tabindex: -1 });
  readonly #address = h("input", {
    type: "text",
    inputmode: "url",
    placeholder: "https:// …/network.onnx",
    spellcheck: "false",
  });
  readonly #name = newId("backbone");
  #backbones: readonly BackboneFacts[] = [];
  #used: string | undefined;
  #isBusy = false;

  /** @param onChange told when another network looks */
  constructor(teacher: Teacher, onChange: () => void) {
    this.#teacher = teacher;
    this.#onChange = onChange;
    this.#picker.setAttribute("aria-label", "File of a backbone");
    this.#address.setAttribute("aria-label", "Address of a backbone");
    const open = h("button", { class: "button button-small", type: "button" }, icon("folder"), "Open a file");
    open.addEventListener("click", () => this.#picker.click());
    this.#picker.addEventListener("change", () => {
      const files = Array.from(this.#picker.files ?? []);
      this.#picker.value = "";
      if (files.length > 0) void this.add(files);
    });
    const fetches = h("button", { class: "button button-small", type: "submit" }, icon("download"), "Fetch");
    const form = h("form", { class: "teach-address" }, this.#address, fetches);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const address = this.#address.value.trim();
      if (address !== "") void this.add(address);
    });
    this.element = h(
      "section",
      { class: "card stack stack-tight", "aria-label": "Backbone" },
      h("div", { class: "card-head" }, h("h2", {}, "Backbone"), h("div", { class: "push" }, open, this.#picker)),
      this.#list,
      this.#advice,
      h(
        "details",
        { class: "more" },
        h("summary", {}, "From an address"),
        h(
          "div",
          { class: "stack stack-tight" },
          form,
          h(
            "p",
            { class: "note" },
            "Only the file is asked for; nothing is sent along. Its server has to allow other pages to read it.",
          ),
        ),
      ),
      this.#status,
    );
    this.#show();
  }

  /** The kept backbones, and the one that was in use, which is loaded again. */
  async restore(backbones: readonly BackboneFacts[], used: string | undefined): Promise<void> {
    this.#backbones = backbones;
    this.#used = undefined;
    this.#show();
    if (used !== undefined && backbones.some(({ id }) => id === used)) await this.#use(used);
  }

  /** Adds a network of files, or at an address, and uses it. */
  async add(source: readonly File[] | string, settings: BackboneSettings = {}): Promise<void> {
    const name = typeof source === "string" ? source : source[0].name;
    await this.#busy(name, `${typeof source === "string" ? "Fetching" : "Reading"} ${name} …`, async () => {
      const added = await this.#teacher.call("addBackbone", [source, settings]);
      if ("missing" in added) {
        askForSettings(name, added.missing, settings, (more) => void this.add(source, more));
        return;
      }
      const { facts, notes } = added;
      this.#backbones = [...this.#backbones.filter(({ id }) => id !== facts.id), facts];
      this.#used = facts.id;
      this.#address.value = "";
      for (const note of notes) tell({ kind: "info", title: name, text: note, topic: "backbone-note" });
      this.#onChange();
    });
  }

  async #use(id: string | undefined): Promise<void> {
    const { name = "" } = this.#backbones.find((own) => own.id === id) ?? {};
    await this.#busy(name, id === undefined ? "" : `Loading ${name} …`, async () => {
      const facts = await this.#teacher.call("useBackbone", [id]);
      this.#used = facts?.id;
      this.#onChange();
    });
  }

  async #remove(id: string): Promise<void> {
    await this.#busy("It", "", async () => {
      await this.#teacher.call("removeBackbone", [id]);
      this.#backbones = this.#backbones.filter((own) => own.id !== id);
      if (this.#used !== id) return;
      this.#used = undefined;
      this.#onChange();
    });
  }

  async #busy(name: string, line: string, work: () => Promise<void>): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    setText(this.#status, line);
    this.#show();
    try {
      await work();
      dismiss("backbone");
    } catch (error) {
      const text = sentence(reasonOf(error));
      tell({ kind: "error", title: `${name} cannot be a backbone`, text, topic: "backbone" });
    } finally {
      this.#isBusy = false;
      setText(this.#status, "");
      this.#show();
    }
  }

  #show(): void {
    this.#advice.hidden = this.#used !== undefined;
    this.element.setAttribute("aria-busy", String(this.#isBusy));
    const none = this.#row(undefined, "None", "a small network learns from scratch");
    const rows = this.#backbones.map(({ id, name, bytes, shape: image, features }) =>
      this.#row(id, name, `${shape(image.slice(0, 2))} pixels, ${features} features, ${megabytes(bytes)}`),
    );
    fill(this.#list, none, ...rows);
  }

  #row(id: string | undefined, name: string, about: string): HTMLElement {
    const input = h("input", { type: "radio", name: this.#name, disabled: this.#isBusy });
    input.checked = id === this.#used;
    input.addEventListener("change", () => void this.#use(id));
    const label = h(
      "label",
      { class: "check" },
      input,
      h(
        "span",
        { class: "menu-text" },
        h("span", { class: "teach-backbone-name" }, name),
        h("span", { class: "menu-about" }, about),
      ),
    );
    if (id === undefined) return h("div", { class: "teach-backbone" }, label);
    const remove = h(
      "button",
      { class: "button button-quiet button-icon button-small push", type: "button", disabled: this.#isBusy },
      icon("close"),
    );
    remove.setAttribute("aria-label", `Remove ${name}`);
    remove.addEventListener("click", () => void this.#remove(id));
    return h("div", { class: "teach-backbone" }, label, remove);
  }
}
