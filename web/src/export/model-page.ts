import { type Model, type Pixels, scaleBytes } from "convasm";
import { Answer } from "../draw/answer.ts";
import { h } from "../ui/dom.ts";
import { whileWanted } from "../ui/frames.ts";
import { drawImage } from "../ui/picture.ts";
import { colours } from "../ui/theme.ts";
import { Drawing } from "./drawing.ts";
import { Photo } from "./photo.ts";
import type { Source } from "./source.ts";

/** Milliseconds between two looks at what is given. */
const GAP = 40;

/** A pad to draw on or a place for photographs, and what the network makes of them. */
export class ModelPage {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #source: Source;
  readonly #answer = new Answer();
  readonly #seen = h("canvas", { class: "thumb seen", role: "img", "aria-label": "What the network sees" });
  #isDone = false;
  #pixels: Pixels | undefined;

  /** @param input what people give it */
  constructor(model: Model, input: "drawing" | "photo") {
    this.#model = model;
    const update = whileWanted(
      () => true,
      () => this.#look(),
      GAP,
    );
    const onChange = (isDone: boolean) => {
      this.#isDone = isDone;
      update();
    };
    const { shape } = model.architecture.input;
    this.#source = input === "drawing" ? new Drawing(shape, onChange) : new Photo(shape, model.scaling?.fit, onChange);
    const seen = h("div", { class: "seen-frame push" }, h("span", { class: "note" }, "seen as"), this.#seen);
    const tools = h("div", { class: "row pad-tools" }, ...this.#source.tools, seen);
    const card = h("section", { class: "card", "aria-label": this.#source.label }, this.#source.element, tools);
    this.element = h("div", { class: "page" }, h("div", { class: "draw" }, card, this.#answer.element), about(model));
    colours.onChange(() => this.#showSeen());
    update();
  }

  async #look(): Promise<void> {
    this.#pixels = this.#source.pixels();
    this.#showSeen();
    const classes = { names: this.#model.classNames, count: this.#model.architecture.outputs };
    try {
      const scores = this.#pixels && (await this.#model.predict(scaleBytes(this.#pixels, this.#model.scaling)));
      this.#answer.show(classes, scores, scores === undefined ? this.#source.note : undefined, this.#isDone);
    } catch (error) {
      this.#answer.fail(classes, error instanceof Error ? error.message : String(error));
    }
  }

  #showSeen(): void {
    const { shape } = this.#model.architecture.input;
    drawImage(this.#seen, this.#pixels ?? new Uint8Array(shape[0] * shape[1] * shape[2]), shape);
  }
}

function about(model: Model): HTMLElement {
  const { shape } = model.architecture.input;
  const weights = model.describe().parameters.toLocaleString("en");
  return h(
    "p",
    { class: "note" },
    `A network of ${weights} weights looks at ${shape[0]} × ${shape[1]} pixels, on this device: nothing that you give it leaves it.`,
  );
}
