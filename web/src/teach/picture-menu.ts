import { fill, h } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { followArrowKeys, menuItems } from "../ui/menu-items.ts";
import type { LessonBook } from "./lesson.ts";

/** The menu of a picture, for all who do not drag it. */
export class PictureMenu {
  readonly #book: LessonBook;
  readonly #menu = h("div", { class: "menu teach-menu", popover: "auto", role: "menu", "aria-label": "Picture" });
  #anchor: HTMLElement | undefined;

  constructor(book: LessonBook) {
    this.#book = book;
    document.body.append(this.#menu);
    followArrowKeys(this.#menu);
  }

  /** @param taken class that the picture looks like, which stands first */
  open(picture: string, anchor: HTMLElement, taken: string | undefined): void {
    this.#anchor = anchor;
    const own = this.#book.classOf(picture);
    const others = this.#book.lesson.value.classes.filter(({ id }) => id !== own?.id);
    const sorted = [...others].sort((a, b) => Number(b.id === taken) - Number(a.id === taken));
    const large = h("img", { class: "teach-large", alt: "", src: anchor.querySelector("img")?.src ?? "" });
    fill(
      this.#menu,
      large,
      ...sorted.map(({ id, name }) =>
        this.#item("share", `Move to ${name}`, () => this.#book.movePicture(picture, id)),
      ),
      this.#item("clear", "Delete", () => this.#book.deletePicture(picture)),
    );
    this.#menu.showPopover();
    this.#place(anchor);
    menuItems(this.#menu)[0]?.focus();
  }

  #place(anchor: HTMLElement): void {
    const { left, bottom, top } = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.#menu;
    const { clientWidth, clientHeight } = document.documentElement;
    const isBelow = bottom + 6 + height <= clientHeight;
    this.#menu.style.left = `${Math.max(8, Math.min(left, clientWidth - width - 8))}px`;
    this.#menu.style.top = `${isBelow ? bottom + 6 : Math.max(8, top - height - 6)}px`;
  }

  #item(name: "share" | "clear", label: string, run: () => void): HTMLButtonElement {
    const button = h("button", { class: "button button-quiet", type: "button", role: "menuitem" }, icon(name), label);
    button.addEventListener("click", () => {
      this.#menu.hidePopover();
      this.#anchor?.focus();
      run();
    });
    return button;
  }
}
