import { h, setText } from "../ui/dom.ts";
import { fieldsForm, type Values } from "../ui/fields.ts";
import { plural, shape } from "../ui/format.ts";
import { type IconName, icon } from "../ui/icons.ts";
import { type CheckedLayer, configsOf } from "./check.ts";
import type { LayerConfig } from "./draft.ts";
import { LAYER_OPTIONS, layerHint, newLayer } from "./layer-options.ts";

/** Layers in order, each a line that opens to its options; lists stand in blocks again. */
export class LayerList {
  readonly element: HTMLElement;
  readonly #list = h("ol", { class: "layers" });
  readonly #onChange: () => void;
  #rows: LayerRow[] = [];

  /** @param onChange told after every change; `layers` has them */
  constructor(label: string, onChange: () => void) {
    this.#onChange = onChange;
    this.#list.setAttribute("aria-label", label);
    const add = addControl("Add at the end", (type) => this.#insert(this.#rows.length, newLayer(type)));
    this.element = h("div", { class: "layer-list" }, this.#list, add);
  }

  get layers(): readonly LayerConfig[] {
    return this.#rows.map((row) => row.config);
  }

  /** Shows other layers. */
  set layers(layers: readonly LayerConfig[]) {
    this.#rows = layers.map((config) => this.#row(config));
    this.#place();
  }

  /** Shows what is known of the layers. */
  check(checked: readonly CheckedLayer[]): void {
    this.#rows.forEach((row, i) => {
      if (i < checked.length) row.check(checked[i]);
    });
  }

  #row(config: LayerConfig): LayerRow {
    const row: LayerRow = new LayerRow(config, {
      changed: this.#onChange,
      move: (by) => this.#move(row, by),
      remove: () => this.#remove(row),
      duplicate: () => this.#insert(this.#rows.indexOf(row) + 1, withoutName(row.config)),
      insertBelow: (type) => this.#insert(this.#rows.indexOf(row) + 1, newLayer(type)),
    });
    return row;
  }

  #insert(at: number, config: LayerConfig): void {
    const row = this.#row(config);
    this.#rows.splice(at, 0, row);
    this.#place();
    row.open();
    this.#onChange();
  }

  #remove(row: LayerRow): void {
    const at = this.#rows.indexOf(row);
    this.#rows.splice(at, 1);
    this.#place();
    this.#rows[Math.min(at, this.#rows.length - 1)]?.focus();
    this.#onChange();
  }

  #move(row: LayerRow, by: -1 | 1): void {
    const at = this.#rows.indexOf(row);
    const to = at + by;
    if (to < 0 || to >= this.#rows.length) return;
    this.#rows.splice(at, 1);
    this.#rows.splice(to, 0, row);
    const focused = document.activeElement;
    this.#place();
    // What moves in the document loses the focus.
    if (focused instanceof HTMLElement) focused.focus();
    this.#onChange();
  }

  #place(): void {
    this.#list.replaceChildren(...this.#rows.map(({ element }) => element));
    this.#rows.forEach((row, i) => {
      row.enableMoves(i > 0, i < this.#rows.length - 1);
    });
  }
}

interface RowActions {
  changed(): void;
  move(by: -1 | 1): void;
  remove(): void;
  duplicate(): void;
  insertBelow(type: string): void;
}

class LayerRow {
  readonly element: HTMLElement;
  readonly #details = h("details", { class: "layer" });
  readonly #summary = h("summary");
  readonly #hint = h("span", { class: "layer-hint" });
  readonly #shape = h("span", { class: "layer-shape mono" });
  readonly #weights = h("span", { class: "layer-weights" });
  readonly #error = h("p", { class: "field-error layer-error", role: "alert" });
  readonly #up: HTMLButtonElement;
  readonly #down: HTMLButtonElement;
  readonly #main: LayerList | undefined;
  readonly #around: LayerList | undefined;
  #own: LayerConfig;

  constructor(config: LayerConfig, actions: RowActions) {
    this.#own = config;
    const { type } = config;
    const edited = (): void => {
      this.#showHint();
      actions.changed();
    };
    if (type === "residual") {
      this.#main = new LayerList("Layers of the block", edited);
      this.#main.layers = configsOf(config.layers);
      this.#around = new LayerList("Layers of the shortcut", edited);
      this.#around.layers = configsOf(config.shortcut);
    }
    const form = fieldsForm(LAYER_OPTIONS[type] ?? [], config, (values: Values) => {
      this.#own = { ...values, type };
      edited();
    });
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
    this.#summary.append(h("span", { class: "layer-type" }, type), this.#shape, this.#hint, this.#weights);
    const inner =
      this.#main !== undefined && this.#around !== undefined
        ? [block("Layers", this.#main), block("Shortcut (empty: the input itself)", this.#around)]
        : [];
    const body = h("div", { class: "layer-body" }, form, ...inner, tools, addControl("Add below", actions.insertBelow));
    this.#details.append(this.#summary, body);
    this.#error.hidden = true;
    this.element = h("li", {}, this.#details, this.#error);
    this.#showHint();
  }

  get config(): LayerConfig {
    if (this.#main === undefined) return this.#own;
    const { layers: _, shortcut: __, ...own } = this.#own;
    const shortcut = this.#around?.layers ?? [];
    return {
      ...own,
      type: "residual",
      layers: [...this.#main.layers],
      ...(shortcut.length > 0 && { shortcut: [...shortcut] }),
    };
  }

  check({ output, parameters, error, layers, shortcut }: CheckedLayer): void {
    setText(this.#shape, output === undefined ? "" : shape(output));
    setText(this.#weights, parameters === 0 ? "" : plural(parameters, "parameter"));
    setText(this.#error, error ?? "");
    this.#error.hidden = error === undefined;
    this.#details.classList.toggle("layer-wrong", error !== undefined);
    this.#main?.check(layers);
    this.#around?.check(shortcut);
  }

  enableMoves(up: boolean, down: boolean): void {
    this.#up.disabled = !up;
    this.#down.disabled = !down;
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

function block(label: string, list: LayerList): HTMLElement {
  return h("div", { class: "layer-block" }, h("h3", {}, label), list.element);
}

function tool(name: IconName, label: string, run: () => void): HTMLButtonElement {
  const attributes = { class: "button button-quiet button-icon button-small", type: "button", title: label };
  const button = h("button", attributes, icon(name));
  button.setAttribute("aria-label", label);
  button.addEventListener("click", run);
  return button;
}

/** A list of layer types and the button that adds one. */
function addControl(label: string, add: (type: string) => void): HTMLElement {
  const select = h(
    "select",
    { "aria-label": "Kind of layer" },
    ...Object.keys(LAYER_OPTIONS).map((type) => h("option", { value: type }, type)),
  );
  const button = h("button", { class: "button button-small", type: "button" }, icon("plus"), label);
  button.addEventListener("click", () => add(select.value));
  return h("div", { class: "layer-add" }, select, button);
}

/** A copy must not have the name of what it is a copy of. */
function withoutName(config: LayerConfig): LayerConfig {
  const { name: _, type, ...rest } = config;
  return { ...rest, type };
}
