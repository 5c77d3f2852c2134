import { reasonOf } from "../ui/messages.ts";
import { Signal } from "../ui/signal.ts";
import type { LessonBook } from "./lesson.ts";
import { type Checked, ENOUGH, type Learned, type Lesson, ready } from "./protocol.ts";
import type { Teacher } from "./teacher.ts";

/** Milliseconds after a change in which another one may come. */
const PAUSE = 500;

/** Where the learning is. */
export type StudyState =
  /** There are not pictures enough. */
  | { readonly kind: "waiting" }
  | { readonly kind: "looking"; readonly done: number; readonly total: number }
  | { readonly kind: "learning" }
  | { readonly kind: "learned"; readonly learned: Learned; readonly checked: Checked | undefined }
  | { readonly kind: "failed"; readonly reason: string };

/** Learns by itself, shortly after each change. */
export class Study {
  readonly state = new Signal<StudyState>({ kind: "waiting" });
  /** The last result, by which the camera's frames are judged; stays while something newer is being learned. */
  readonly learned = new Signal<Learned | undefined>(undefined);
  readonly checked = new Signal<Checked | undefined>(undefined);
  readonly #teacher: Teacher;
  readonly #book: LessonBook;
  readonly #mayLearn: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request = 0;
  #last: string | undefined;

  /** @param mayLearn false while pictures are still coming in */
  constructor(teacher: Teacher, book: LessonBook, mayLearn: () => boolean) {
    this.#teacher = teacher;
    this.#book = book;
    this.#mayLearn = mayLearn;
    book.lesson.onChange(() => this.plan());
  }

  /** Learns soon, unless it has learned just that. */
  plan(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#start(), PAUSE);
  }

  /** Drops the last result, as another backbone looks now. */
  forget(): void {
    this.#last = undefined;
    this.#request += 1;
    this.learned.value = undefined;
    this.checked.value = undefined;
    this.state.value = { kind: "waiting" };
    this.plan();
  }

  /** Told how many pictures were looked at. */
  progress(done: number, total: number): void {
    const { kind } = this.state.value;
    if (kind === "learning" || kind === "looking") this.state.value = { kind: "looking", done, total };
  }

  async #start(): Promise<void> {
    if (!this.#mayLearn()) return this.plan();
    const lesson = this.#book.lesson.value;
    const key = keyOf(lesson);
    if (key === this.#last || this.#teacher.lost.value !== undefined) return;
    this.#last = key;
    this.#request += 1;
    const request = this.#request;
    if (ready(lesson).length < 2) this.state.value = { kind: "waiting" };
    else this.state.value = { kind: "learning" };
    try {
      const learned = await this.#teacher.call("learn", [lesson]);
      if (request !== this.#request) return;
      this.learned.value = learned;
      this.checked.value = undefined;
      if (learned === undefined) return;
      this.state.value = { kind: "learned", learned, checked: undefined };
      const checked = await this.#teacher.call("check", []);
      if (request !== this.#request || checked === undefined) return;
      this.checked.value = checked;
      this.state.value = { kind: "learned", learned, checked };
    } catch (error) {
      if (request !== this.#request) return;
      this.#last = undefined;
      this.state.value = { kind: "failed", reason: reasonOf(error) };
    }
  }
}

/** A text of all that learning depends on. */
function keyOf(lesson: Lesson): string {
  return JSON.stringify(ready(lesson).map(({ id, name, pictures }) => [id, name, pictures]));
}

/** A line that says what is still missing; undefined if nothing is. */
export function missingLine(lesson: Lesson): string | undefined {
  const few = lesson.classes.filter(({ pictures }) => pictures.length < ENOUGH);
  const enough = lesson.classes.length - few.length;
  if (few.length === 0 && enough >= 2) return undefined;
  if (lesson.classes.length < 2) return "Two classes are needed: add another one.";
  const words = few.map(({ name, pictures: { length } }) =>
    length === 0 ? `${name} has no pictures` : `${name} has ${length === 1 ? "one picture" : `${length} pictures`}`,
  );
  const rule = `a class needs ${ENOUGH}`;
  return enough >= 2
    ? `${list(words)}: ${rule}, and is left out until then.`
    : `${list(words)}: ${rule}, then it learns by itself.`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
