import type { LayerActivation } from "convasm";
import { h, setText } from "../ui/dom.ts";
import { shape } from "../ui/format.ts";
import { notFiniteIn } from "./colour-map.ts";
import { activationTiles, drawTiles, MOST_TILES } from "./tiles.ts";

/** About how large a map is shown. */
const MAP_SIZE = 44;

interface Row {
  readonly path: string;
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly note: HTMLElement;
}

/** The outputs of all layers for one image, each a line of maps. */
export class Activations {
  readonly element = h("ol", { class: "activations" });
  #rows: Row[] = [];
  #latest: readonly LayerActivation[] = [];
  #room = 0;

  constructor() {
    new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (width === this.#room || width === 0) return;
      this.#room = width;
      this.redraw();
    }).observe(this.element);
  }

  /** Draws other outputs. */
  show(layers: readonly LayerActivation[]): void {
    this.#latest = layers;
    if (layers.length !== this.#rows.length || layers.some(({ path }, i) => path !== this.#rows[i].path)) {
      this.#rows = layers.map(makeRow);
      this.element.replaceChildren(...this.#rows.map(({ element }) => element));
    }
    this.redraw();
  }

  /** Draws the same again, such as in other colours. */
  redraw(): void {
    if (this.#room === 0) return;
    this.#latest.forEach(({ values, shape: extents }, i) => {
      const tiles = activationTiles(values, extents);
      const drawn = drawTiles(this.#rows[i].canvas, tiles, { room: this.#room, size: MAP_SIZE });
      const which = drawn < tiles.count ? `the first ${MOST_TILES} of ${tiles.count} maps` : "";
      setText(this.#rows[i].note, [which, notFiniteIn(values)].filter(Boolean).join("; "));
    });
  }
}

function makeRow({ path, type, shape: extents }: LayerActivation): Row {
  const canvas = h("canvas", { class: "tiles", role: "img", "aria-label": `Output of ${path}, ${shape(extents)}` });
  const note = h("span", { class: "field-hint" });
  const name = path.split("/").at(-1)?.startsWith(type) ? path : `${path} (${type})`;
  const head = h(
    "div",
    { class: "activation-head" },
    h("span", { class: "layer-type" }, name),
    h("span", { class: "mono soft" }, shape(extents)),
    note,
  );
  return { path, element: h("li", {}, head, canvas), canvas, note };
}
