import { type Model, scaleBytes } from "convasm";
import { Answer } from "../draw/answer.ts";
import { asImage } from "../draw/as-image.ts";
import { Pad } from "../draw/pad.ts";
import { h } from "../ui/dom.ts";
import { whileWanted } from "../ui/frames.ts";
import { icon } from "../ui/icons.ts";
import { drawImage } from "../ui/picture.ts";
import { colours } from "../ui/theme.ts";

/** Milliseconds between two looks at what is being drawn. */
const GAP = 40;

/** A pad to draw on, and what the network makes of it at every stroke. */
export class ModelPage {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #pad: Pad;
  readonly #answer = new Answer();
  readonly #seen = h("canvas", { class: "thumb seen", role: "img", "aria-label": "What the network sees" });
  readonly #undo = h("button", { class: "button", type: "button" }, icon("undo"), "Undo");
  readonly #clear = h("button", { class: "button", type: "button" }, icon("clear"), "Clear");
  #isDone = false;
  #pixels: Uint8Array | undefined;

  constructor(model: Model) {
    this.#model = model;
    const update = whileWanted(
      () => true,
      () => this.#look(),
      GAP,
    );
    this.#pad = new Pad((isDone) => {
      this.#isDone = isDone;
      update();
    });
    this.#undo.addEventListener("click", () => this.#pad.undo());
    this.#clear.addEventListener("click", () => this.#pad.clear());
    const seen = h("div", { class: "seen-frame push" }, h("span", { class: "note" }, "seen as"), this.#seen);
    const tools = h("div", { class: "row pad-tools" }, this.#undo, this.#clear, seen);
    const pad = h("section", { class: "card", "aria-label": "Pad" }, this.#pad.element, tools);
    this.element = h("div", { class: "page" }, h("div", { class: "draw" }, pad, this.#answer.element), about(model));
    colours.onChange(() => this.#showSeen());
    update();
  }

  async #look(): Promise<void> {
    const { input, outputs } = this.#model.architecture;
    const { isEmpty } = this.#pad;
    this.#undo.disabled = isEmpty;
    this.#clear.disabled = isEmpty;
    this.#pixels = isEmpty ? undefined : asImage(this.#pad.picture(), input.shape);
    this.#showSeen();
    const classes = { names: this.#model.classNames, count: outputs };
    try {
      const scores = this.#pixels && (await this.#model.predict(scaleBytes(this.#pixels, this.#model.scaling)));
      this.#answer.show(classes, scores, undefined, this.#isDone);
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
    `A network of ${weights} weights looks at ${shape[0]} × ${shape[1]} pixels, on this device: nothing that you draw leaves it.`,
  );
}
