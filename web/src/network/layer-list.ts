import type { LayerSurvey } from "convasm";
import { h } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { configsOf } from "./check.ts";
import type { LayerConfig } from "./draft.ts";
import { lanesOf } from "./lanes.ts";
import { LAYER_TYPES, merges, newLayer } from "./layer-options.ts";
import { type BlockLists, LayerRow, type RowActions } from "./layer-row.ts";
import { railPart, railWidth } from "./rail.ts";

/** Layers in order, each a line that opens to its options; lists stand in blocks again. Branches show as lanes beside it. */
export class LayerList {
  readonly element: HTMLElement;
  readonly #list = h("ol", { class: "layers" });
  readonly #onChange: () => void;
  #rows: LayerRow[] = [];
  #checked: readonly LayerSurvey[] = [];

  /** @param onChange told after every change; `layers` has them */
  constructor(label: string, onChange: () => void) {
    this.#onChange = onChange;
    this.#list.setAttribute("aria-label", label);
    const add = addControl("Add at the end", (type) => this.#add(this.#rows.length, type));
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

  /**
   * Shows what is known of the layers, and lets them choose among one another.
   *
   * @param outputs names of layers that others outside of the list know
   */
  check(checked: readonly LayerSurvey[], outputs: readonly string[] = []): void {
    this.#checked = checked;
    // Names that the library gives move when layers do; one that is taken is kept.
    const taken = new Set([...outputs, ...this.#rows.flatMap(({ config }) => config.inputs ?? [])]);
    const names = checked.map(({ name }) => name);
    this.#rows.forEach((row, i) => {
      if (i >= checked.length) return;
      if (taken.has(names[i]) && row.config.name === undefined) row.name = names[i];
      row.check(checked[i], { names: ["input", ...names.slice(0, i)], before: names[i - 1] ?? "input" });
    });
    this.#drawRail();
  }

  /** Draws lanes beside the list where it is no chain. */
  #drawRail(): void {
    const places = new Map(this.#checked.map(({ name }, i) => [name, i]));
    const rows = this.#checked.map(({ inputs }) => inputs.map((input) => places.get(input) ?? -1));
    const isChain = rows.every((inputs, i) => inputs.length === 1 && inputs[0] === i - 1);
    const lanes = lanesOf(rows);
    this.#rows.forEach((row, i) => {
      row.setRail(isChain || lanes[i] === undefined ? undefined : railPart(lanes[i]), railWidth(lanes));
    });
  }

  #row(config: LayerConfig): LayerRow {
    const edited = (): void => row.changed();
    const blocks = config.type === "residual" ? this.#blocksOf(config, edited) : undefined;
    const actions: RowActions = {
      changed: this.#onChange,
      move: (by) => this.#move(row, by),
      remove: () => this.#remove(row),
      duplicate: () => this.#insert(this.#rows.indexOf(row) + 1, withoutName(row.config)),
      insertBelow: (type) => this.#add(this.#rows.indexOf(row) + 1, type),
      addControl,
    };
    const row: LayerRow = new LayerRow(config, actions, blocks);
    return row;
  }

  #blocksOf(config: LayerConfig, edited: () => void): BlockLists {
    const main = new LayerList("Layers of the block", edited);
    main.layers = configsOf(config.layers);
    const shortcut = new LayerList("Layers of the shortcut", edited);
    shortcut.layers = configsOf(config.shortcut);
    return { main, shortcut };
  }

  /** Adds a new layer; one that merges takes the layer before and the last one of the same shape before that. */
  #add(at: number, type: string): void {
    const before = this.#checked.slice(0, at);
    const last = before.at(-1);
    if (!merges(type) || last === undefined) {
      this.#insert(at, newLayer(type));
      return;
    }
    const others = before.slice(0, -1);
    const other = others.findLast(({ output }) => output?.join() === last.output?.join()) ?? others.at(-1);
    this.#insert(at, { ...newLayer(type), inputs: [other?.name ?? "input", last.name] });
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
    // An element that moves in the document loses the focus.
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

/** A list of layer types and the button that adds one. */
function addControl(label: string, add: (type: string) => void): HTMLElement {
  const select = h(
    "select",
    { "aria-label": "Kind of layer" },
    ...LAYER_TYPES.map((type) => h("option", { value: type }, type)),
  );
  const button = h("button", { class: "button button-small", type: "button" }, icon("plus"), label);
  button.addEventListener("click", () => add(select.value));
  return h("div", { class: "layer-add" }, select, button);
}

/** A copy of a layer without its name, as no two layers of a list have the same. */
function withoutName(config: LayerConfig): LayerConfig {
  const { name: _, type, ...rest } = config;
  return { ...rest, type };
}
