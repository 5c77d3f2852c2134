import type { LayerSurvey } from "convasm";
import { h, setText } from "../ui/dom.ts";
import { fieldsForm, type Values } from "../ui/fields.ts";
import { plural, shape } from "../ui/format.ts";
import { type IconName, icon } from "../ui/icons.ts";
import { firstError } from "./check.ts";
import type { LayerConfig } from "./draft.ts";
import { type Choices, InputsField } from "./inputs-field.ts";
import { layerFields, layerHint, merges } from "./layer-options.ts";

/** A list of layers within a row. */
interface BlockList {
  readonly element: HTMLElement;
  readonly layers: readonly LayerConfig[];
  check(checked: readonly LayerSurvey[]): void;
}

/** The lists of a residual block. */
export interface BlockLists {
  readonly main: BlockList;
  readonly shortcut: BlockList;
}

/** Actions of a row on its list. */
export interface RowActions {
  changed(): void;
  move(by: -1 | 1): void;
  remove(): void;
  duplicate(): void;
  insertBelow(type: string): void;
  /** Makes the control that adds a layer of a chosen type. */
  addControl(label: string, add: (type: string) => void): HTMLElement;
}

/** A layer of the list: a line, and below it what can be changed. */
export class LayerRow {
  readonly element: HTMLElement;
  readonly #details = h("details", { class: "layer" });
  readonly #summary = h("summary");
  readonly #name = h("span", { class: "layer-name" });
  readonly #hint = h("span", { class: "layer-hint" });
  readonly #takes = h("span", { class: "layer-takes" });
  readonly #shape = h("span", { class: "layer-shape mono" });
  readonly #weights = h("span", { class: "layer-weights" });
  readonly #error = h("p", { class: "field-error layer-error", role: "alert" });
  readonly #up: HTMLButtonElement;
  readonly #down: HTMLButtonElement;
  readonly #inputs: InputsField;
  readonly #lists: BlockLists | undefined;
  readonly #edited: () => void;
  #form: HTMLElement;
  #rail: SVGSVGElement | undefined;
  #own: LayerConfig;

  constructor(config: LayerConfig, actions: RowActions, lists?: BlockLists) {
    const { inputs, ...own } = config;
    this.#own = own;
    this.#lists = lists;
    this.#edited = (): void => {
      this.#showHint();
      actions.changed();
    };
    this.#inputs = new InputsField(inputs, merges(config.type), this.#edited);
    this.#form = this.#makeForm();
    this.#up = tool("up", "Move up", () => actions.move(-1));
    this.#down = tool("down", "Move down", () => actions.move(1));
    const tools = h(
      "div",
      { class: "layer-tools" },
      this.#up,
      this.#down,
      tool("copy", "Duplicate", actions.duplicate),
      tool("clear", "Remove", actions.remove),
    );
    const type = h("span", {}, h("span", { class: "layer-type" }, config.type), this.#name);
    this.#summary.append(type, this.#shape, this.#hint, this.#weights, this.#takes);
    const inner =
      lists === undefined
        ? []
        : [block("Layers", lists.main), block("Shortcut (empty: the input itself)", lists.shortcut)];
    const add = actions.addControl("Add below", actions.insertBelow);
    const body = h("div", { class: "layer-body" }, this.#form, this.#inputs.element, ...inner, tools, add);
    this.#details.append(this.#summary, body);
    this.#error.hidden = true;
    this.element = h("li", {}, this.#details, this.#error);
    this.#showHint();
  }

  get config(): LayerConfig {
    const { layers: _, shortcut: __, ...own } = this.#own;
    const { inputs } = this.#inputs;
    const shortcut = this.#lists?.shortcut.layers ?? [];
    return {
      ...own,
      type: this.#own.type,
      ...(inputs !== undefined && { inputs: [...inputs] }),
      ...(this.#lists !== undefined && { layers: [...this.#lists.main.layers] }),
      ...(shortcut.length > 0 && { shortcut: [...shortcut] }),
    };
  }

  /** Gives the layer a name that nobody asked for but its own list. */
  set name(name: string) {
    this.#own = { ...this.#own, name };
    const form = this.#makeForm();
    this.#form.replaceWith(form);
    this.#form = form;
  }

  /** Shows what is known of the layer, and what it may take. */
  check({ name, output, parameters, error, layers, shortcut }: LayerSurvey, choices: Choices): void {
    const inner =
      firstError([...layers, ...shortcut]) === undefined ? undefined : "A layer in this block does not fit.";
    const wrong = error ?? inner;
    const { inputs } = this.#inputs;
    setText(this.#name, this.#own.name === undefined || name === this.#own.type ? "" : name);
    setText(this.#takes, inputs === undefined ? "" : `takes ${inputs.join(", ")}`);
    setText(this.#shape, output === undefined ? "" : shape(output));
    setText(this.#weights, parameters === 0 ? "" : plural(parameters, "parameter"));
    setText(this.#error, wrong ?? "");
    this.#error.hidden = wrong === undefined;
    this.#details.classList.toggle("layer-wrong", wrong !== undefined);
    this.#inputs.offer(choices);
    this.#lists?.main.check(layers);
    this.#lists?.shortcut.check(shortcut);
  }

  /** Shows the list's lanes beside the row, or none. */
  setRail(rail: SVGSVGElement | undefined, width: number): void {
    this.#rail?.remove();
    this.#rail = rail;
    this.element.style.paddingLeft = rail === undefined ? "" : `${width}px`;
    if (rail === undefined) return;
    rail.style.width = `${width}px`;
    this.element.prepend(rail);
  }

  #makeForm(): HTMLElement {
    const { type } = this.#own;
    return fieldsForm(layerFields(type), this.#own, (values: Values) => {
      this.#own = { ...values, type };
      this.#edited();
    });
  }

  enableMoves(up: boolean, down: boolean): void {
    this.#up.disabled = !up;
    this.#down.disabled = !down;
  }

  /** Tells that a list of the block was changed. */
  changed(): void {
    this.#edited();
  }

  open(): void {
    this.#details.open = true;
    this.focus();
  }

  focus(): void {
    this.#summary.focus();
  }

  #showHint(): void {
    setText(this.#hint, layerHint(this.config));
  }
}

function block(label: string, list: BlockList): HTMLElement {
  return h("div", { class: "layer-block" }, h("h3", {}, label), list.element);
}

function tool(name: IconName, label: string, run: () => void): HTMLButtonElement {
  const attributes = { class: "button button-quiet button-icon button-small", type: "button", title: label };
  const button = h("button", attributes, icon(name));
  button.setAttribute("aria-label", label);
  button.addEventListener("click", run);
  return button;
}
