import { h, setText } from "../ui/dom.ts";
import { plural } from "../ui/format.ts";
import { icon } from "../ui/icons.ts";
import type { Album } from "./album.ts";
import { isMeant } from "./drops.ts";
import { PICTURE_TYPE, type PictureActions, PictureList } from "./picture-list.ts";
import type { TaughtClass } from "./protocol.ts";

export interface ClassActions extends PictureActions {
  /** The button is held from now on, or no longer. */
  press(classId: string): void;
  release(classId: string): void;
  add(classId: string, files: readonly File[]): void;
  /** Files and folders that were dropped. */
  drop(classId: string, transfer: DataTransfer): void;
  move(picture: string, classId: string): void;
  rename(classId: string, name: string): void;
  removeClass(classId: string): void;
  /** Makes this the class that pasted pictures go to. */
  enter(classId: string): void;
}

/** A class: its name, its pictures, and the ways to give it more. */
export class ClassCard {
  readonly id: string;
  readonly #actions: ClassActions;
  readonly #name = h("input", {
    type: "text",
    class: "teach-name",
    maxlength: 60,
    spellcheck: "false",
    autocomplete: "off",
  });
  readonly #count = h("span", { class: "note" });
  readonly #remove = h(
    "button",
    { class: "button button-quiet button-icon button-small push", type: "button" },
    icon("close"),
  );
  readonly #holdText = h("span", {}, "Hold to record");
  readonly #hold = h(
    "button",
    { class: "button button-primary teach-hold", type: "button" },
    icon("camera"),
    this.#holdText,
  );
  readonly #doubts = h("button", { class: "teach-doubts", type: "button", hidden: true });
  readonly #list: PictureList;
  readonly element: HTMLElement;

  constructor(id: string, album: Album, actions: ClassActions) {
    this.id = id;
    this.#actions = actions;
    this.#list = new PictureList(album, actions);
    this.element = h(
      "section",
      { class: "card teach-class" },
      h("div", { class: "teach-class-head" }, this.#name, this.#count, this.#remove),
      h("div", { class: "row" }, this.#hold, this.#picker("Add files", "file"), this.#picker("Add a folder", "folder")),
      this.#doubts,
      this.#list.element,
      h("p", { class: "note teach-empty" }, "Hold the button while the camera looks, or drop or paste pictures here."),
    );
    this.#remove.addEventListener("click", () => actions.removeClass(id));
    this.#doubts.addEventListener("click", () => this.#list.showDoubt());
    this.#name.addEventListener("change", () => this.#rename());
    this.#name.addEventListener("keydown", ({ key }) => key === "Enter" && this.#name.blur());
    this.element.addEventListener("focusin", () => actions.enter(id));
    this.element.addEventListener("pointerdown", () => actions.enter(id));
    this.#listenToHold();
    this.#listenToDrops();
  }

  show(own: TaughtClass, { doubts, isCurrent, isOnly }: ClassLook): void {
    const { name, pictures } = own;
    if (document.activeElement !== this.#name) this.#name.value = name;
    this.#name.setAttribute("aria-label", `Name of the class ${name}`);
    this.element.setAttribute("aria-label", `Class ${name}`);
    this.#remove.setAttribute("aria-label", `Remove the class ${name}`);
    this.#remove.hidden = isOnly;
    this.#hold.setAttribute("aria-label", `Hold to record pictures of ${name}`);
    setText(this.#count, pictures.length === 0 ? "" : plural(pictures.length, "picture"));
    this.element.classList.toggle("teach-current", isCurrent);
    this.element.classList.toggle("teach-filled", pictures.length > 0);
    const wrong = pictures.filter((picture) => doubts.has(picture)).length;
    this.#doubts.hidden = wrong === 0;
    setText(
      this.#doubts,
      `${wrong === 1 ? "One looks" : `${wrong} look`} like another class: see ${wrong === 1 ? "it" : "them"}`,
    );
    this.#list.show(own, doubts);
  }

  /** Says that pictures are being taken. */
  showHold(isHeld: boolean): void {
    this.#hold.setAttribute("aria-pressed", String(isHeld));
    setText(this.#holdText, isHeld ? "Recording …" : "Hold to record");
  }

  focusName(): void {
    this.#name.focus();
    this.#name.select();
  }

  #rename(): void {
    const name = this.#name.value.trim();
    if (name !== "") this.#actions.rename(this.id, name);
  }

  #picker(label: string, kind: "file" | "folder"): HTMLElement {
    const input = h("input", { type: "file", multiple: true, class: "hidden-text", tabindex: -1, "aria-label": label });
    if (kind === "folder") input.webkitdirectory = true;
    else input.accept = "image/*";
    input.addEventListener("change", () => {
      const files = Array.from(input.files ?? []);
      this.#actions.add(
        this.id,
        files.filter(({ name, webkitRelativePath }) => isMeant(webkitRelativePath || name)),
      );
      input.value = "";
    });
    const button = h(
      "button",
      { class: "button button-icon", type: "button", title: label, "aria-label": label },
      icon(kind),
    );
    button.addEventListener("click", () => input.click());
    return h("span", {}, input, button);
  }

  #listenToHold(): void {
    const { press, release } = this.#actions;
    const isKey = ({ key }: KeyboardEvent): boolean => key === " " || key === "Enter";
    this.#hold.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.#hold.setPointerCapture(event.pointerId);
      press(this.id);
    });
    for (const type of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) {
      this.#hold.addEventListener(type, () => release(this.id));
    }
    this.#hold.addEventListener("contextmenu", (event) => event.preventDefault());
    this.#hold.addEventListener("keydown", (event) => {
      if (!isKey(event)) return;
      event.preventDefault();
      if (!event.repeat) press(this.id);
    });
    this.#hold.addEventListener("keyup", (event) => {
      if (isKey(event)) release(this.id);
    });
  }

  #listenToDrops(): void {
    // Each element under the pointer enters and leaves by itself.
    let depth = 0;
    const mark = (by: number): void => {
      depth += by;
      this.element.classList.toggle("teach-over", depth > 0);
    };
    const isOurs = ({ dataTransfer }: DragEvent): boolean =>
      dataTransfer?.types.includes(PICTURE_TYPE) === true || dataTransfer?.types.includes("Files") === true;
    this.element.addEventListener("dragenter", (event) => isOurs(event) && mark(1));
    this.element.addEventListener("dragleave", (event) => isOurs(event) && mark(-1));
    this.element.addEventListener("dragover", (event) => isOurs(event) && event.preventDefault());
    this.element.addEventListener("drop", (event) => {
      const { dataTransfer } = event;
      if (dataTransfer === null || !isOurs(event)) return;
      event.preventDefault();
      event.stopPropagation();
      mark(-depth);
      const picture = dataTransfer.getData(PICTURE_TYPE);
      if (picture === "") this.#actions.drop(this.id, dataTransfer);
      else this.#actions.move(picture, this.id);
    });
  }
}

/** The state that a card shows besides its class. */
export interface ClassLook {
  /** Names of the classes that pictures look like, for those that look like another. */
  readonly doubts: ReadonlyMap<string, string>;
  /** True for the class that pasted pictures go to. */
  readonly isCurrent: boolean;
  /** True where the class cannot be removed. */
  readonly isOnly: boolean;
}
