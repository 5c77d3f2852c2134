import type { CompileOptions, Recipe } from "convasm";
import { fill, h, setText } from "../ui/dom.ts";
import { count, megabytes, sentence } from "../ui/format.ts";
import { Signal } from "../ui/signal.ts";
import { type CheckedNetwork, checkNetwork, firstError, memoryOf } from "./check.ts";
import { CHOICES, draftOf, type ImageKind, type NetworkChoice, type NetworkDraft, withClasses } from "./draft.ts";
import { LayerList } from "./layer-list.ts";

/** Memory of WebAssembly ends here. */
const MOST_MEMORY = 2 ** 32;

/** The card "Network": choose one, change its layers in place, see what follows. */
export class NetworkPanel {
  readonly element: HTMLElement;
  readonly draft: Signal<NetworkDraft>;
  readonly checked: Signal<CheckedNetwork>;
  readonly #select = h("select", { "aria-label": "Network", name: "network" });
  readonly #custom = h("option", { value: "" });
  readonly #about = h("p", { class: "note" });
  readonly #reset = h("button", { class: "button button-quiet button-small", type: "button" }, "Undo all changes");
  readonly #list: LayerList;
  readonly #error = h("p", { class: "field-error", role: "alert" });
  readonly #outputs = h("div", { class: "stack stack-tight" });
  readonly #totals = { parameters: h("dd"), work: h("dd"), memory: h("dd") };
  readonly #onChoose: (choice: NetworkChoice) => void;
  #images: ImageKind;
  #compile: CompileOptions | undefined;
  #choice: NetworkChoice = CHOICES[0];

  /** @param onChoose told when a built-in network is chosen, whose settings then apply */
  constructor(images: ImageKind, onChoose: (choice: NetworkChoice) => void) {
    this.#images = images;
    this.#onChoose = onChoose;
    this.draft = new Signal(draftOf(this.#choice.recipe, images));
    this.checked = new Signal(checkNetwork(this.draft.value, images));
    this.#list = new LayerList("Layers", () => this.#edited());
    this.#fillSelect();
    this.#select.addEventListener("change", () => {
      const choice = CHOICES.find(({ key }) => key === this.#select.value);
      if (choice !== undefined) this.choose(choice);
    });
    this.#reset.addEventListener("click", () => this.choose(this.#choice));
    const { parameters, work, memory } = this.#totals;
    this.element = h(
      "div",
      { class: "stack stack-tight" },
      this.#select,
      this.#about,
      this.#list.element,
      this.#error,
      this.#outputs,
      h(
        "dl",
        { class: "totals" },
        h("div", {}, h("dt", {}, "Parameters"), parameters),
        h("div", {}, h("dt", {}, "Multiply-adds"), work),
        h("div", {}, h("dt", {}, "Memory"), memory),
      ),
      h("div", {}, this.#reset),
    );
    this.#show(this.draft.value);
  }

  /** Whitening filters of the first layer, if the recipe has them and was not changed. */
  get whitening(): Recipe["whitening"] {
    return this.draft.value.isEdited ? undefined : this.#choice.recipe.whitening;
  }

  /** Takes a built-in network, with its own settings. */
  choose(choice: NetworkChoice): void {
    this.#choice = choice;
    this.#show(draftOf(choice.recipe, this.#images));
    this.#onChoose(choice);
  }

  /** Shows a network from elsewhere, such as a model file's. */
  show(draft: NetworkDraft, choice?: NetworkChoice): void {
    if (choice !== undefined) this.#choice = choice;
    this.#show(draft);
  }

  /** Fits the network to other images. */
  fit(images: ImageKind): void {
    if (images.shape.join() === this.#images.shape.join() && images.classes === this.#images.classes) return;
    const hasOtherClasses = images.classes !== this.#images.classes;
    this.#images = images;
    const draft = this.draft.value;
    if (!draft.isEdited) this.#show(draftOf(this.#choice.recipe, images));
    else if (hasOtherClasses) this.#show(withClasses(draft, images));
    else this.#check();
  }

  /** Options that training will compile with: the memory depends on them. */
  set compileOptions(options: CompileOptions | undefined) {
    this.#compile = options;
    this.#showMemory();
  }

  #show(draft: NetworkDraft): void {
    this.#list.layers = draft.layers;
    this.draft.value = draft;
    this.#check();
  }

  #edited(): void {
    this.draft.value = { ...this.draft.value, layers: this.#list.layers, isEdited: true };
    this.#check();
    const names = this.checked.value.layers.map(({ name }) => name);
    this.#keepOutputs((output) => names.includes(output));
  }

  /** Leaves out outputs; their layers stay, where they do. */
  #keepOutputs(keeps: (name: string) => boolean): void {
    const { outputs = [] } = this.draft.value;
    const kept = outputs.filter(keeps);
    if (kept.length === outputs.length) return;
    this.draft.value = { ...this.draft.value, outputs: kept.length === 0 ? undefined : kept, isEdited: true };
    this.#check();
  }

  #check(): void {
    const { value: draft } = this.draft;
    const checked = checkNetwork(draft, this.#images);
    this.checked.value = checked;
    this.#list.check(checked.layers, draft.outputs);
    this.#showOutputs(checked);
    // Errors of a layer stand beside it.
    const isOwn = checked.error !== undefined && firstError(checked.layers) === undefined;
    setText(this.#error, isOwn ? (checked.error ?? "") : "");
    this.#error.hidden = !isOwn;
    const { recipe } = this.#choice;
    this.#reset.hidden = !draft.isEdited;
    this.#custom.hidden = !draft.isEdited;
    this.#custom.textContent = `${draft.name}, changed`;
    this.#select.value = draft.isEdited ? "" : this.#choice.key;
    setText(this.#about, draft.isEdited ? "Changed by hand." : sentence(recipe.description));
    const description = checked.model?.describe();
    setText(this.#totals.parameters, description === undefined ? "–" : count(description.parameters));
    setText(this.#totals.work, description === undefined ? "–" : `${count(description.multiplyAdds / 1000)} k`);
    this.#showMemory();
  }

  /** Says that a network of several outputs is not trained here, and offers to leave one out. */
  #showOutputs({ untrained }: CheckedNetwork): void {
    this.#outputs.hidden = untrained === undefined;
    if (untrained === undefined) return;
    const buttons = (this.draft.value.outputs ?? []).map((name) => {
      const button = h("button", { class: "button button-small", type: "button" }, `Leave out ${name}`);
      button.addEventListener("click", () => this.#keepOutputs((other) => other !== name));
      return button;
    });
    fill(this.#outputs, h("p", { class: "note" }, untrained), h("div", { class: "row" }, ...buttons));
  }

  #showMemory(): void {
    const { model } = this.checked.value;
    const { memory } = this.#totals;
    const use = model && this.#compile && memoryOf(model, this.#compile);
    const isTooMuch = use !== undefined && use.total > MOST_MEMORY;
    setText(memory, use === undefined ? "–" : megabytes(use.total));
    memory.classList.toggle("field-error", isTooMuch);
    memory.title = isTooMuch ? "More than the 4 GB that WebAssembly can have: take a smaller batch" : "";
  }

  #fillSelect(): void {
    for (const name of ["Networks", "Recipes"] as const) {
      const options = CHOICES.filter(({ group }) => group === name).map(({ key, recipe }) =>
        h("option", { value: key }, recipe.name),
      );
      this.#select.append(h("optgroup", { label: name }, ...options));
    }
    this.#select.prepend(this.#custom);
  }
}
