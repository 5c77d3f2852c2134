import type { Pixels } from "convasm";
import type { Workspace } from "../app/workspace.ts";
import { fill, h, setText } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { drawImage } from "../ui/picture.ts";
import { colours } from "../ui/theme.ts";

/** Images to choose from at a time. */
const PAGE = 10;

/** Chooses one of the held-out images. */
export class ImagePicker {
  readonly element: HTMLElement;
  readonly #workspace: Workspace;
  readonly #onPick: (pixels: Pixels) => void;
  readonly #list = h("div", { class: "picks", role: "radiogroup", "aria-label": "Held-out images" });
  readonly #place = h("span", { class: "note" });
  #begin = 0;
  #picked = 0;
  #images: { readonly images: Pixels; readonly labels: ArrayLike<number> | undefined } | undefined;

  /** @param onPick told the pixels of an image */
  constructor(workspace: Workspace, onPick: (pixels: Pixels) => void) {
    this.#workspace = workspace;
    this.#onPick = onPick;
    const more = h("button", { class: "button button-small", type: "button" }, icon("refresh"), "Others");
    more.addEventListener("click", () => void this.#turn());
    this.element = h("div", { class: "stack stack-tight" }, this.#list, h("div", { class: "row" }, more, this.#place));
    workspace.images.onChange(() => {
      this.#begin = 0;
      this.#images = undefined;
    });
    colours.onChange(() => this.#draw());
  }

  /** Fetches the images once somebody looks. */
  async ready(): Promise<void> {
    if (this.#images === undefined) await this.#fetch();
  }

  async #turn(): Promise<void> {
    const test = this.#workspace.images.value?.test;
    if (test === undefined) return;
    this.#begin = this.#begin + PAGE < test.length ? this.#begin + PAGE : 0;
    await this.#fetch().catch(() => {
      // A lost worker is told of elsewhere.
    });
  }

  async #fetch(): Promise<void> {
    const test = this.#workspace.images.value?.test;
    if (test === undefined) return;
    const count = Math.min(PAGE, test.length - this.#begin);
    const found = await test.images(Array.from({ length: count }, (_, i) => this.#begin + i));
    if (test !== this.#workspace.images.value?.test) return;
    this.#images = found;
    this.#picked = 0;
    this.#draw();
    this.#pick(0);
  }

  #pick(index: number): void {
    const images = this.#workspace.images.value;
    if (this.#images === undefined || images === undefined) return;
    this.#picked = index;
    const { shape, classNames } = images.test;
    const size = shape[0] * shape[1] * shape[2];
    const label = this.#images.labels?.[index];
    const name = label === undefined ? "" : `: ${classNames?.[label] ?? label}`;
    setText(this.#place, `Image ${this.#begin + index}${name}`);
    for (const [i, button] of Array.from(this.#list.children).entries()) {
      button.setAttribute("aria-checked", String(i === index));
      button.setAttribute("tabindex", i === index ? "0" : "-1");
    }
    this.#onPick(this.#images.images.slice(index * size, (index + 1) * size));
  }

  #draw(): void {
    const found = this.#images;
    const test = this.#workspace.images.value?.test;
    if (found === undefined || test === undefined) return;
    const { shape, classNames } = test;
    const count = found.images.length / (shape[0] * shape[1] * shape[2]);
    const buttons = Array.from({ length: count }, (_, i) => {
      const canvas = h("canvas", { class: "thumb" });
      drawImage(canvas, found.images, shape, i);
      const label = found.labels?.[i];
      const name = label === undefined ? `Image ${this.#begin + i}` : (classNames?.[label] ?? `Class ${label}`);
      const button = h("button", { class: "pick", type: "button", role: "radio", "aria-label": name }, canvas);
      button.setAttribute("aria-checked", String(i === this.#picked));
      button.tabIndex = i === this.#picked ? 0 : -1;
      button.addEventListener("click", () => this.#pick(i));
      button.addEventListener("keydown", (event) => this.#key(event, i, count));
      return button;
    });
    fill(this.#list, ...buttons);
  }

  #key(event: KeyboardEvent, at: number, count: number): void {
    const by = ["ArrowRight", "ArrowDown"].includes(event.key)
      ? 1
      : ["ArrowLeft", "ArrowUp"].includes(event.key)
        ? -1
        : 0;
    if (by === 0) return;
    event.preventDefault();
    const to = (at + by + count) % count;
    this.#pick(to);
    const button = this.#list.children[to];
    if (button instanceof HTMLElement) button.focus();
  }
}
