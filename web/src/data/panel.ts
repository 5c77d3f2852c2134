import type { DataFileInput, ReadSettings } from "convasm";
import type { Workspace } from "../app/workspace.ts";
import { fill, h, newId, setText } from "../ui/dom.ts";
import { field, fieldsForm, type Values } from "../ui/fields.ts";
import { count } from "../ui/format.ts";
import { icon } from "../ui/icons.ts";
import { dismiss, reasonOf, tell } from "../ui/messages.ts";
import { optionFields } from "../ui/option-fields.ts";
import { thumbnail } from "../ui/picture.ts";
import { colours } from "../ui/theme.ts";
import { chosenFiles } from "./dropped.ts";
import { disposeImages, type ImageSource, imagesLine, loadImages, OnlyTestImages } from "./images.ts";

/** The page's first images: enough to reach 98 % in seconds. */
export const DEFAULT_SOURCE = { kind: "digits", train: 20_000, test: 2_000 } as const;

const PREVIEWS = 12;

/** Fields of the readers' settings; how pixels are scaled the page says itself. */
const READ_FIELDS = optionFields("data", "reader").filter(({ key }) => key !== "stretch" && key !== "scaling");

/** The card "Data": generated digits, or files that were dropped or chosen. */
export class DataPanel {
  readonly element: HTMLElement;
  readonly #workspace: Workspace;
  readonly #status = h("p", { class: "note", role: "status" });
  readonly #notes = h("div", { class: "note" });
  readonly #previews = h("div", { class: "previews" });
  readonly #forms: Readonly<Record<ImageSource["kind"], HTMLElement>>;
  readonly #choices: Readonly<Record<ImageSource["kind"], HTMLInputElement>>;
  #source: ImageSource = DEFAULT_SOURCE;
  #digits: { readonly train: number; readonly test: number } = DEFAULT_SOURCE;
  #files: readonly DataFileInput[] = [];
  #reading: Values = {};
  /** Number of the latest request: results of earlier ones are dropped. */
  #request = 0;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    const name = newId("source");
    const choice = (kind: ImageSource["kind"], label: string): [HTMLInputElement, HTMLElement] => {
      const input = h("input", { type: "radio", name, value: kind });
      input.addEventListener("change", () => this.#choose(kind));
      return [input, h("label", {}, input, h("span", {}, label))];
    };
    const [digits, digitsLabel] = choice("digits", "Generated digits");
    const [files, filesLabel] = choice("files", "Your files");
    digits.checked = true;
    this.#choices = { digits, files };
    this.#forms = { digits: this.#digitsForm(), files: this.#filesForm() };
    this.#forms.files.hidden = true;
    this.element = h(
      "div",
      { class: "stack" },
      h("fieldset", { class: "segments", "aria-label": "Where the images come from" }, digitsLabel, filesLabel),
      this.#forms.digits,
      this.#forms.files,
      h("div", { class: "stack stack-tight" }, this.#previews, this.#status, this.#notes),
    );
    workspace.images.onChange(() => void this.#preview());
    colours.onChange(() => void this.#preview());
  }

  /** Loads what is chosen; also again, after the worker was lost. */
  async load(): Promise<void> {
    this.#request += 1;
    const request = this.#request;
    const source = this.#source;
    const { images, host } = this.#workspace;
    setText(this.#status, source.kind === "digits" ? "Drawing digits …" : "Reading files …");
    try {
      const session = await host.session();
      const loaded = await loadImages(session, source, (done, total) => {
        const of = total === undefined ? "" : ` of ${count(total)}`;
        if (request === this.#request) setText(this.#status, `Reading: ${count(done)}${of} …`);
      });
      if (request !== this.#request) return void disposeImages(loaded);
      const old = images.value;
      images.value = loaded;
      dismiss("data");
      if (old !== undefined) await disposeImages(old);
    } catch (error) {
      if (request !== this.#request) return;
      const joined = error instanceof OnlyTestImages ? this.#withTest(source) : undefined;
      if (joined === undefined) return this.#fail(error);
      this.#source = joined;
      await this.load();
    }
  }

  /** The images that are there, tested on those of a file: their pixels are scaled as the network's training images were. */
  #withTest(source: ImageSource): ImageSource | undefined {
    const { images, model } = this.#workspace;
    if (images.value === undefined || source.kind !== "files") return undefined;
    const { files, settings } = source;
    const scaling = model.value?.model.scaling ?? images.value.train.scaling;
    const read = scaling === undefined ? { ...settings, stretch: true } : { ...settings, scaling };
    return { ...images.value.source, tested: { files, settings: read } };
  }

  /** Takes so many generated digits, unless they are there already. */
  async useDigits(digits: { readonly train: number; readonly test: number }): Promise<void> {
    const { source } = this.#workspace.images.value ?? {};
    if (source?.kind === "digits" && source.train === digits.train && source.test === digits.test) return;
    this.#digits = digits;
    this.#source = { ...digits, kind: "digits" };
    this.#choices.digits.checked = true;
    this.#showForm("digits");
    this.#forms.digits.replaceChildren(...this.#digitsForm().childNodes);
    await this.load();
  }

  /** Reads the files that are there as a run that goes on did, unless they were read so already. */
  async readAs(reading: ReadSettings): Promise<void> {
    const source = this.#source;
    if (source.kind !== "files") return;
    const settings = { ...readSettings(this.#reading), ...reading };
    if (JSON.stringify(settings) === JSON.stringify(source.settings)) return;
    this.#source = { ...source, settings };
    await this.load();
  }

  /** Reads files that were dropped or chosen. */
  async open(files: readonly DataFileInput[]): Promise<void> {
    if (files.length === 0) return;
    this.#files = files;
    this.#choices.files.checked = true;
    this.#showForm("files");
    this.#source = { kind: "files", files, settings: readSettings(this.#reading) };
    await this.load();
  }

  #fail(error: unknown): void {
    const { value } = this.#workspace.images;
    const still = value === undefined ? "" : ` The images from before are still there: ${value.title}.`;
    setText(this.#status, value === undefined ? "No images." : imagesLine(value));
    const isFiles = this.#source.kind === "files";
    const what = isFiles ? "These files could not be read" : "The digits could not be drawn";
    const advice = isFiles ? " Drop them again whole, or say under “How to read them” what they hold." : "";
    const text = `${reasonOf(error)}.`.replace("..", ".");
    tell({ kind: "error", title: what, text: `${text}${advice}${still}`, topic: "data" });
  }

  #choose(kind: ImageSource["kind"]): void {
    this.#showForm(kind);
    if (kind === "digits") {
      this.#source = { ...this.#digits, kind };
      void this.load();
    } else if (this.#files.length > 0) void this.open(this.#files);
  }

  #showForm(kind: ImageSource["kind"]): void {
    this.#forms.digits.hidden = kind !== "digits";
    this.#forms.files.hidden = kind !== "files";
  }

  #digitsForm(): HTMLElement {
    const number = (key: "train" | "test", label: string) =>
      field({ key, label, kind: "whole" }, this.#digits[key], (value) => {
        if (typeof value !== "number") return;
        this.#digits = { ...this.#digits, [key]: value };
        this.#source = { ...this.#digits, kind: "digits" };
        void this.load();
      });
    return h("div", { class: "fields" }, number("train", "To train on"), number("test", "To test on"));
  }

  #filesForm(): HTMLElement {
    const picker = (label: string, name: "file" | "folder"): HTMLElement => {
      const input = h("input", { type: "file", multiple: true, class: "hidden-text", tabindex: -1 });
      if (name === "folder") input.webkitdirectory = true;
      input.setAttribute("aria-label", label);
      input.addEventListener("change", () => {
        void this.open(chosenFiles(input));
        input.value = "";
      });
      const button = h("button", { class: "button button-small", type: "button" }, icon(name), label);
      button.addEventListener("click", () => input.click());
      return h("div", {}, input, button);
    };
    const again = h("button", { class: "button button-small", type: "button" }, icon("refresh"), "Read again");
    again.addEventListener("click", () => void this.open(this.#files));
    const form = fieldsForm(READ_FIELDS, this.#reading, (values) => {
      this.#reading = values;
    });
    return h(
      "div",
      { class: "stack stack-tight" },
      h("div", { class: "row" }, picker("Choose files", "file"), picker("Choose a folder", "folder")),
      h(
        "p",
        { class: "note" },
        "Or drop them on the page: MNIST's IDX files, NumPy, HDF5, CSV, CIFAR, pictures in one folder per class or with a list.",
      ),
      h(
        "details",
        { class: "more" },
        h("summary", {}, "How to read them"),
        h("div", { class: "stack stack-tight" }, form, h("div", {}, again)),
      ),
    );
  }

  async #preview(): Promise<void> {
    const { value } = this.#workspace.images;
    if (value === undefined) return;
    const { train, notes } = value;
    setText(this.#status, imagesLine(value));
    fill(this.#notes, ...notes.map((note) => h("p", {}, note)));
    const indices = Array.from({ length: Math.min(PREVIEWS, train.length) }, (_, i) => i);
    // A worker that is lost meanwhile is told of elsewhere.
    const images = await train.images(indices).catch(() => undefined);
    if (images === undefined || value !== this.#workspace.images.value) return;
    const nameOf = (i: number): string => {
      const label = images.labels?.[i];
      return label === undefined ? `image ${i}` : (train.classNames?.[label] ?? `class ${label}`);
    };
    fill(this.#previews, ...indices.map((i) => thumbnail(images.images, train.shape, i, nameOf(i))));
  }
}

/** The form's values as the readers take them; what is wrong they tell themselves. */
function readSettings(values: Values): ReadSettings {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
