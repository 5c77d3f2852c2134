import { h } from "../ui/dom.ts";
import type { Album } from "./album.ts";
import type { TaughtClass } from "./protocol.ts";

/** The kind of thing that is dragged from class to class. */
export const PICTURE_TYPE = "application/x-convasm-picture";

export interface PictureActions {
  /** Opens what can be done with a picture. */
  open(picture: string, anchor: HTMLElement): void;
  remove(picture: string): void;
}

/** Pictures of a class: one stop of the Tab key, arrows move between them. */
export class PictureList {
  readonly element = h("ul", { class: "teach-pictures" });
  readonly #album: Album;
  readonly #actions: PictureActions;
  readonly #buttons = new Map<string, HTMLButtonElement>();
  #order: readonly string[] = [];

  constructor(album: Album, actions: PictureActions) {
    this.#album = album;
    this.#actions = actions;
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param doubts names of the classes that pictures look like, for those that look like another */
  show({ name, pictures }: TaughtClass, doubts: ReadonlyMap<string, string>): void {
    const focused = this.#order.findIndex((id) => this.#buttons.get(id) === document.activeElement);
    const wanted = new Set(pictures);
    for (const [id, button] of this.#buttons) {
      if (wanted.has(id)) continue;
      button.parentElement?.remove();
      this.#buttons.delete(id);
    }
    pictures.forEach((id, place) => {
      const button = this.#buttons.get(id) ?? this.#make(id);
      const item = button.parentElement;
      const there = this.element.children[place];
      if (item !== null && item !== there) this.element.insertBefore(item, there ?? null);
      const taken = doubts.get(id);
      const words = `Picture ${place + 1} of ${pictures.length}, ${name}${taken === undefined ? "" : `; looks like ${taken}`}`;
      button.classList.toggle("teach-doubt", taken !== undefined);
      button.title = taken === undefined ? "" : `Looks like ${taken}`;
      button.setAttribute("aria-label", words);
    });
    this.element.hidden = pictures.length === 0;
    this.element.setAttribute("aria-label", `Pictures of ${name}`);
    this.#order = pictures;
    this.#keepStop(focused);
  }

  /** Brings the first picture that looks like another class into sight. */
  showDoubt(): void {
    const first = this.element.querySelector<HTMLButtonElement>(".teach-doubt");
    first?.focus();
    first?.scrollIntoView({ block: "nearest" });
  }

  #make(id: string): HTMLButtonElement {
    const image = h("img", {
      src: this.#album.address(id),
      alt: "",
      loading: "lazy",
      decoding: "async",
      draggable: "false",
    });
    const button = h(
      "button",
      { class: "teach-picture", type: "button", tabindex: -1, draggable: "true", "aria-haspopup": "menu" },
      image,
    );
    button.addEventListener("click", () => this.#actions.open(id, button));
    button.addEventListener("focus", () => this.#stopAt(button));
    button.addEventListener("dragstart", (event) => {
      event.dataTransfer?.setData(PICTURE_TYPE, id);
      if (event.dataTransfer !== null) event.dataTransfer.effectAllowed = "move";
    });
    this.#buttons.set(id, button);
    h("li", {}, button);
    return button;
  }

  #key(event: KeyboardEvent): void {
    const at = this.#order.findIndex((id) => this.#buttons.get(id) === document.activeElement);
    if (at < 0) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#actions.remove(this.#order[at]);
      return;
    }
    const to = destination(event.key, at, this.#order.length, this.#columns());
    if (to === undefined) return;
    event.preventDefault();
    this.#buttons.get(this.#order[to])?.focus();
  }

  /** Pictures in a row, as they are laid out now. */
  #columns(): number {
    const items = Array.from(this.element.children);
    const [first] = items;
    const next = items.findIndex((item) => item.getBoundingClientRect().top > first.getBoundingClientRect().top + 1);
    return next < 0 ? items.length : next;
  }

  /** One picture stands in the order of the Tab key; the next one has the focus where the one that had it is gone. */
  #keepStop(focused: number): void {
    const isLost = focused >= 0 && document.activeElement === document.body;
    if (isLost) this.#buttons.get(this.#order[Math.min(focused, this.#order.length - 1)])?.focus();
    const stop = [...this.#buttons.values()].find(({ tabIndex }) => tabIndex === 0);
    const first = this.#buttons.get(this.#order[0]);
    if (stop === undefined && first !== undefined) first.tabIndex = 0;
  }

  #stopAt(button: HTMLButtonElement): void {
    for (const other of this.#buttons.values()) other.tabIndex = other === button ? 0 : -1;
  }
}

function destination(key: string, at: number, count: number, columns: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + columns,
    ArrowUp: at - columns,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to));
}
