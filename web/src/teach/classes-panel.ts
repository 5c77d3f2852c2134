import { h, setText } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import type { Album } from "./album.ts";
import { type ClassActions, ClassCard } from "./class-card.ts";
import type { LessonBook } from "./lesson.ts";
import type { Checked } from "./protocol.ts";

/** All classes, and what is done with them together. */
export class ClassesPanel {
  readonly element: HTMLElement;
  /** Says how far reading is. */
  readonly line = h("p", { class: "note push", role: "status" });
  readonly #book: LessonBook;
  readonly #album: Album;
  readonly #actions: ClassActions;
  readonly #cards = new Map<string, ClassCard>();
  readonly #grid = h("div", { class: "teach-classes" });
  readonly #undo = h("button", { class: "button", type: "button" }, icon("undo"), "Undo");
  #checked: Checked | undefined;
  #current: string | undefined;

  constructor(book: LessonBook, album: Album, actions: ClassActions, onForget: () => void) {
    this.#book = book;
    this.#album = album;
    this.#actions = { ...actions, enter: (id) => this.#enter(id) };
    const add = h("button", { class: "button", type: "button" }, icon("plus"), "Add a class");
    add.addEventListener("click", () => {
      const { id } = book.addClass();
      this.#cards.get(id)?.focusName();
    });
    const forget = h("button", { class: "button button-quiet", type: "button" }, icon("clear"), "Forget all");
    forget.addEventListener("click", onForget);
    this.#undo.addEventListener("click", () => book.undo());
    this.element = h(
      "div",
      { class: "stack" },
      this.#grid,
      h("div", { class: "row" }, add, this.#undo, forget, this.line),
    );
    book.undoable.watch((label) => {
      this.#undo.disabled = label === undefined;
      this.#undo.title = label === undefined ? "" : `Take back: ${label}`;
    });
    book.lesson.watch(() => this.#show());
  }

  /** The class that what is pasted goes to: the one that was touched last. */
  get current(): string {
    const { classes } = this.#book.lesson.value;
    return (classes.find(({ id }) => id === this.#current) ?? classes[0]).id;
  }

  showChecked(checked: Checked | undefined): void {
    this.#checked = checked;
    this.#show();
  }

  showHold(classId: string | undefined): void {
    for (const [id, card] of this.#cards) card.showHold(id === classId);
  }

  /** The class that a picture looks like, where that is another one than its own. */
  takenFor(picture: string): string | undefined {
    return this.#checked?.doubts.find((doubt) => doubt.picture === picture)?.taken;
  }

  #enter(id: string): void {
    if (this.#current === id) return;
    this.#current = id;
    this.#show();
  }

  #show(): void {
    const { classes } = this.#book.lesson.value;
    const doubts = this.#doubts();
    for (const [id, card] of this.#cards) {
      if (classes.some((own) => own.id === id)) continue;
      card.element.remove();
      this.#cards.delete(id);
    }
    classes.forEach((own, place) => {
      let card = this.#cards.get(own.id);
      if (card === undefined) {
        card = new ClassCard(own.id, this.#album, this.#actions);
        this.#cards.set(own.id, card);
      }
      const there = this.#grid.children[place];
      if (card.element !== there) this.#grid.insertBefore(card.element, there ?? null);
      card.show(own, { doubts, isCurrent: own.id === this.#current, isOnly: classes.length <= 2 });
    });
  }

  /** Names of the classes that pictures look like; none for those that were moved since. */
  #doubts(): ReadonlyMap<string, string> {
    const doubts = new Map<string, string>();
    for (const { picture, taken } of this.#checked?.doubts ?? []) {
      const looksLike = this.#book.find(taken);
      if (looksLike !== undefined && !looksLike.pictures.includes(picture)) doubts.set(picture, looksLike.name);
    }
    return doubts;
  }

  /** Says something beside the buttons. */
  say(text: string): void {
    setText(this.line, text);
  }
}
