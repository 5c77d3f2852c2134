import { h, newId } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";

/** Names that a layer may take: those of the layers before it in the list, and the list's input. */
export interface Choices {
  readonly names: readonly string[];
  /** Name of its default input: the layer before, or the network's input. */
  readonly before: string;
}

/** Chooses what a layer works on: one layer's output, or those of several for a layer that merges. */
export class InputsField {
  readonly element = h("div", { class: "field layer-inputs", role: "group", "aria-label": "Inputs" });
  readonly #several: boolean;
  readonly #onChange: (inputs: readonly string[] | undefined) => void;
  #inputs: readonly string[] | undefined;
  #choices: Choices = { names: [], before: "" };

  /**
   * @param inputs names; undefined stands for the layer before
   * @param several whether there may be more than one
   * @param onChange told other names
   */
  constructor(
    inputs: readonly string[] | undefined,
    several: boolean,
    onChange: (inputs: readonly string[] | undefined) => void,
  ) {
    this.#inputs = inputs;
    this.#several = several;
    this.#onChange = onChange;
    this.#draw();
  }

  get inputs(): readonly string[] | undefined {
    return this.#inputs;
  }

  /** Takes note of what can be chosen now. */
  offer(choices: Choices): void {
    if (JSON.stringify(choices) === JSON.stringify(this.#choices)) return;
    this.#choices = choices;
    this.#draw();
  }

  #set(inputs: readonly string[] | undefined): void {
    this.#inputs = inputs;
    this.#draw();
    this.#onChange(inputs);
  }

  /** Draws the field anew; what has the focus keeps it. */
  #draw(): void {
    const focused = this.#selects().findIndex((select) => select.matches(":focus"));
    this.#fill();
    this.#selects()[focused]?.focus();
  }

  #selects(): readonly HTMLSelectElement[] {
    return [...this.element.querySelectorAll("select")];
  }

  #fill(): void {
    const id = newId("inputs");
    const { before } = this.#choices;
    const label = h("label", { for: id }, this.#several ? "Inputs" : "Input");
    if (!this.#several && (this.#inputs?.length ?? 1) === 1) {
      const select = this.#select(this.#inputs?.[0] ?? "", `the layer before${before === "" ? "" : ` (${before})`}`);
      select.id = id;
      select.addEventListener("change", () => this.#set(select.value === "" ? undefined : [select.value]));
      this.element.replaceChildren(label, select);
      return;
    }
    const inputs = this.#inputs ?? [before];
    const rows = inputs.map((name, i) => {
      const select = this.#select(name);
      if (i === 0) select.id = id;
      else select.setAttribute("aria-label", `Input ${i + 1}`);
      select.addEventListener("change", () =>
        this.#set(inputs.map((old, other) => (other === i ? select.value : old))),
      );
      const attributes = { class: "button button-quiet button-icon button-small", type: "button", title: "Remove" };
      const remove = h("button", { ...attributes, "aria-label": `Remove input ${i + 1}` }, icon("clear"));
      remove.disabled = inputs.length === 1;
      remove.addEventListener("click", () => {
        this.#set(inputs.filter((_, other) => other !== i));
        this.#selects()[0]?.focus();
      });
      return h("div", { class: "layer-input" }, select, remove);
    });
    const add = h("button", { class: "button button-small", type: "button" }, icon("plus"), "Add an input");
    add.addEventListener("click", () => {
      const other = this.#choices.names.find((name) => !inputs.includes(name));
      this.#set([...inputs, other ?? before]);
      this.#selects().at(-1)?.focus();
    });
    this.element.replaceChildren(label, ...rows, h("div", {}, this.#several && add));
  }

  /** A list of the names; one that is chosen and gone stands there, too. */
  #select(chosen: string, first?: string): HTMLSelectElement {
    const { names } = this.#choices;
    const select = h(
      "select",
      {},
      first !== undefined && h("option", { value: "" }, first),
      ...names.map((name) => h("option", { value: name }, name)),
      chosen !== "" && !names.includes(chosen) && h("option", { value: chosen }, `${chosen} (not before this layer)`),
    );
    select.value = chosen;
    return select;
  }
}
