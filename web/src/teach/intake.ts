import { setText } from "../ui/dom.ts";
import { plural } from "../ui/format.ts";
import { reasonOf, tell } from "../ui/messages.ts";
import type { Album } from "./album.ts";
import type { LessonBook } from "./lesson.ts";
import type { Teacher } from "./teacher.ts";

/** A file, and the class that it is for. */
export interface Incoming {
  readonly file: File;
  /** Undefined once the class is gone. */
  readonly classId: string;
}

/** Names that one line has room for. */
const MOST_NAMES = 3;

/** Reads pictures of files, one after the other: those that are none are told of in one line, and the others stay. */
export class Intake {
  readonly #teacher: Teacher;
  readonly #book: LessonBook;
  readonly #album: Album;
  readonly #line: HTMLElement;
  #waiting: (Incoming & { readonly gesture: object })[] = [];
  #isReading = false;

  /** @param line says how far it is */
  constructor(teacher: Teacher, book: LessonBook, album: Album, line: HTMLElement) {
    this.#teacher = teacher;
    this.#book = book;
    this.#album = album;
    this.#line = line;
  }

  get isReading(): boolean {
    return this.#isReading;
  }

  /** @param gesture what is taken back together */
  async take(files: readonly Incoming[], gesture: object): Promise<void> {
    this.#waiting.push(...files.map((own) => ({ ...own, gesture })));
    if (this.#isReading) return;
    this.#isReading = true;
    const failed: string[] = [];
    let done = 0;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        setText(this.#line, `Reading pictures: ${done + 1} of ${done + 1 + this.#waiting.length} …`);
        const { file, classId, gesture: own } = next;
        try {
          const picture = await this.#teacher.call("read", [file]);
          this.#album.add(picture);
          this.#book.addPicture(classId, picture.id, own);
        } catch (error) {
          if (this.#teacher.lost.value !== undefined) throw error;
          failed.push(file.name);
        }
        done += 1;
      }
    } catch (error) {
      this.#waiting = [];
      tell({ kind: "error", title: "The pictures could not be read", text: reasonOf(error), topic: "pictures" });
    } finally {
      this.#isReading = false;
      setText(this.#line, "");
    }
    if (failed.length > 0) tellFailed(failed, done);
  }

  /** Nothing more of what is still in line. */
  stop(): void {
    this.#waiting = [];
  }
}

function tellFailed(failed: readonly string[], of: number): void {
  const more = failed.length - MOST_NAMES;
  const names = `${failed.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const others = of - failed.length;
  tell({
    kind: "warning",
    title:
      failed.length === 1
        ? `${names} is no picture that this browser can read`
        : `${failed.length} files are no pictures that this browser can read`,
    text: `${failed.length === 1 ? "" : `${names}. `}${others > 0 ? `The other ${plural(others, "picture")} stay${others === 1 ? "s" : ""}.` : "Everything else stays as it was."}`,
    topic: "pictures",
  });
}
