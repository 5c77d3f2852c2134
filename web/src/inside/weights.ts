import type { RemoteModel } from "convasm";
import { h, setText } from "../ui/dom.ts";
import { shape, short } from "../ui/format.ts";
import { largestOf, notFiniteIn } from "./colour-map.ts";
import { drawTiles, type Tiles, weightTiles } from "./tiles.ts";

/** Approximate size of a filter on the screen, in pixels. */
const FILTER_SIZE = 34;

/** Values of one kind of a weight: the weight itself, or its gradient. */
interface Side {
  readonly canvas: HTMLCanvasElement;
  readonly note: HTMLElement;
  values: Float32Array | undefined;
}

/** A weight of the network beside its gradient, as pictures. */
export class Weights {
  readonly element: HTMLElement;
  readonly #select = h("select", { "aria-label": "Weights" });
  readonly #onChange: () => void;
  readonly #weight = makeSide("The weights as pictures");
  readonly #gradient = makeSide("The gradient of the last step as pictures");
  readonly #place = h("div", { class: "weights" });
  #model: RemoteModel | undefined;
  #shapes: ReadonlyMap<string, readonly number[]> = new Map();

  /** @param onChange told when another weight is chosen */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#select.addEventListener("change", onChange);
    this.#place.append(
      h("div", {}, h("h3", {}, "Weights"), this.#weight.canvas, this.#weight.note),
      h("div", {}, h("h3", {}, "Gradient of the last step"), this.#gradient.canvas, this.#gradient.note),
    );
    this.element = h(
      "section",
      { class: "card" },
      h(
        "div",
        { class: "card-head" },
        h("h2", {}, "Filters and weights"),
        h("div", { class: "push weight-choice" }, this.#select),
      ),
      this.#place,
    );
    new ResizeObserver(() => this.redraw()).observe(this.#place);
  }

  /** Shows the weights of another model: the first layer's filters, unless it has what is chosen. */
  async use(model: RemoteModel | undefined): Promise<void> {
    if (model === this.#model) return;
    this.#model = model;
    this.#weight.values = undefined;
    this.#gradient.values = undefined;
    // A model that is replaced meanwhile is no concern.
    const shapes = await model?.weights().catch(() => undefined);
    if (shapes === undefined || model !== this.#model) return;
    const chosen = this.#select.value;
    this.#shapes = shapes;
    this.#select.replaceChildren(
      ...Array.from(shapes, ([name, extents]) => h("option", { value: name }, `${name}  ${shape(extents)}`)),
    );
    if (shapes.has(chosen)) this.#select.value = chosen;
    this.#onChange();
  }

  /** Fetches the chosen weight and its gradient, and draws them. */
  async look(): Promise<void> {
    const name = this.#select.value;
    if (this.#model === undefined || name === "") return;
    const isStatistic = /\/moving\w+$/.test(name);
    const [values, gradient] = await Promise.all([
      this.#model.getWeight(name),
      isStatistic ? undefined : this.#model.getGradient(name).catch(() => undefined),
    ]);
    if (name !== this.#select.value) return;
    this.#weight.values = values;
    this.#gradient.values = gradient;
    this.redraw();
  }

  /** Draws the same again, such as in other colours. */
  redraw(): void {
    const extents = this.#shapes.get(this.#select.value);
    if (extents === undefined) return;
    draw(this.#weight, extents, "");
    draw(this.#gradient, extents, "None: there was no step yet, or these are statistics.");
  }
}

function makeSide(label: string): Side {
  const canvas = h("canvas", { class: "tiles", role: "img", "aria-label": label });
  return { canvas, note: h("p", { class: "field-hint" }), values: undefined };
}

function draw({ canvas, note, values }: Side, extents: readonly number[], none: string): void {
  const room = canvas.parentElement?.clientWidth ?? 0;
  const isEmpty = values === undefined || values.every((value) => value === 0);
  canvas.hidden = isEmpty;
  if (values === undefined || isEmpty || room === 0) {
    setText(note, none);
    return;
  }
  const tiles = weightTiles(values, extents);
  const drawn = drawTiles(canvas, tiles, { room, size: sizeOf(tiles) });
  const which = drawn < tiles.count ? `, the first ${drawn} of ${tiles.count}` : "";
  const wrong = notFiniteIn(values);
  const colour =
    wrong === "" || values.some(Number.isFinite) ? `full colour: ± ${short(largestOf(values))}${which}` : "";
  setText(note, [colour, wrong].filter(Boolean).join("; "));
}

/** Side of a tile on the screen, in pixels; four pixels for each number where there is only one tile. */
function sizeOf({ count, height, width }: Tiles): number {
  return count === 1 ? Math.max(height, width) * 4 : FILTER_SIZE;
}
