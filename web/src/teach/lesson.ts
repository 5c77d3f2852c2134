import { Signal } from "../ui/signal.ts";
import type { Lesson, TaughtClass } from "./protocol.ts";

/** Steps that can be taken back. */
const MOST_STEPS = 100;

/** Classes that a lesson begins with. */
export const FRESH: Lesson = { classes: [emptyClass("Class 1"), emptyClass("Class 2")] };

/** A change, and the lesson before it. */
interface Step {
  readonly label: string;
  readonly before: Lesson;
  /** Changes of the same gesture are taken back together. */
  readonly gesture: object | undefined;
}

/** A class without pictures. */
export function emptyClass(name: string): TaughtClass {
  return { id: `c${Math.random().toString(36).slice(2, 10)}`, name, pictures: [] };
}

/** The classes and their pictures, and how to take a change back. */
export class LessonBook {
  readonly lesson = new Signal<Lesson>(FRESH);
  /** The change that Undo would take back; undefined if there is nothing. */
  readonly undoable = new Signal<string | undefined>(undefined);
  #steps: Step[] = [];

  /** Another lesson altogether, from which there is no way back. */
  reset(lesson: Lesson): void {
    this.#steps = [];
    this.undoable.value = undefined;
    this.lesson.value = lesson;
  }

  undo(): void {
    const step = this.#steps.pop();
    if (step === undefined) return;
    this.undoable.value = this.#steps.at(-1)?.label;
    this.lesson.value = step.before;
  }

  find(id: string): TaughtClass | undefined {
    return this.lesson.value.classes.find((own) => own.id === id);
  }

  /** The class of a picture. */
  classOf(picture: string): TaughtClass | undefined {
    return this.lesson.value.classes.find(({ pictures }) => pictures.includes(picture));
  }

  addClass(name: string = this.#freeName(), gesture?: object): TaughtClass {
    const added = emptyClass(name);
    this.#change(`adding ${name}`, (classes) => [...classes, added], gesture);
    return added;
  }

  /** The class of a name: one that has it, else one without pictures that nobody named, else a new one. */
  classFor(name: string, gesture: object): TaughtClass {
    const { classes } = this.lesson.value;
    const same = classes.find((own) => own.name === name);
    if (same !== undefined) return same;
    const free = classes.find((own) => own.pictures.length === 0 && /^Class \d+$/.test(own.name));
    if (free === undefined) return this.addClass(name, gesture);
    this.rename(free.id, name, gesture);
    return free;
  }

  removeClass(id: string): void {
    const { name = "" } = this.find(id) ?? {};
    this.#change(`removing ${name}`, (classes) => classes.filter((own) => own.id !== id));
  }

  rename(id: string, name: string, gesture?: object): void {
    if (this.find(id)?.name === name) return;
    const renamed = (own: TaughtClass) => (own.id === id ? { ...own, name } : own);
    this.#change(`renaming ${name}`, (classes) => classes.map(renamed), gesture);
  }

  /** @param gesture an object that all changes of one drop or one held button have in common */
  addPicture(id: string, picture: string, gesture: object): void {
    const { name = "" } = this.find(id) ?? {};
    this.#change(
      `pictures of ${name}`,
      (classes) => classes.map((own) => (own.id === id ? { ...own, pictures: [...own.pictures, picture] } : own)),
      gesture,
    );
  }

  /** Moves a picture to the end of another class. */
  movePicture(picture: string, to: string): void {
    const { name = "" } = this.find(to) ?? {};
    if (this.classOf(picture)?.id === to) return;
    this.#change(`moving a picture to ${name}`, (classes) =>
      classes.map((own) => {
        const pictures = own.pictures.filter((other) => other !== picture);
        return { ...own, pictures: own.id === to ? [...pictures, picture] : pictures };
      }),
    );
  }

  deletePicture(picture: string): void {
    this.#change("deleting a picture", (classes) =>
      classes.map((own) => ({ ...own, pictures: own.pictures.filter((other) => other !== picture) })),
    );
  }

  #change(label: string, change: (classes: readonly TaughtClass[]) => readonly TaughtClass[], gesture?: object): void {
    const before = this.lesson.value;
    const last = this.#steps.at(-1);
    if (gesture === undefined || last?.gesture !== gesture) {
      this.#steps.push({ label, before, gesture });
      this.#steps = this.#steps.slice(-MOST_STEPS);
    }
    this.undoable.value = label;
    this.lesson.value = { classes: change(before.classes) };
  }

  #freeName(): string {
    const names = new Set(this.lesson.value.classes.map(({ name }) => name));
    let number = this.lesson.value.classes.length + 1;
    while (names.has(`Class ${number}`)) number++;
    return `Class ${number}`;
  }
}
