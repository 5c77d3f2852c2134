import type { Pixels } from "convasm";
import { asImage } from "../draw/as-image.ts";
import { Pad } from "../draw/pad.ts";
import { h } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import type { Source } from "./source.ts";

/** A pad to draw on. */
export class Drawing implements Source {
  readonly element: HTMLElement;
  readonly tools: readonly HTMLElement[];
  readonly label = "Pad";
  readonly note = "Draw something on the pad.";
  readonly #shape: readonly [height: number, width: number, channels: number];
  readonly #pad: Pad;
  readonly #undo = h("button", { class: "button", type: "button" }, icon("undo"), "Undo");
  readonly #clear = h("button", { class: "button", type: "button" }, icon("clear"), "Clear");

  /**
   * @param shape of the network's images
   * @param onChange told while something is drawn, and with `true` once a stroke is done
   */
  constructor(shape: readonly [height: number, width: number, channels: number], onChange: (isDone: boolean) => void) {
    this.#shape = shape;
    this.#pad = new Pad(onChange);
    this.element = this.#pad.element;
    this.tools = [this.#undo, this.#clear];
    this.#undo.addEventListener("click", () => this.#pad.undo());
    this.#clear.addEventListener("click", () => this.#pad.clear());
  }

  pixels(): Pixels | undefined {
    const { isEmpty } = this.#pad;
    this.#undo.disabled = isEmpty;
    this.#clear.disabled = isEmpty;
    return isEmpty ? undefined : asImage(this.#pad.picture(), this.#shape);
  }
}
