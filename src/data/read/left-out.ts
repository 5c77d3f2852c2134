/**
 * The files that a reader leaves out: files that look like data and cannot be read, and files beside the data.
 *
 * @module
 */

import { InputRangeError, isInputError, retold } from "../../errors.ts";
import { flagAndKey } from "../../options/names.ts";

const ADVICE = `${flagAndKey("skipBroken")} leaves such files out`;

/** Number of files of which one may be left out without `skipBroken`. */
const FEW = 100;

/** Files of one kind. */
interface Group {
  readonly kind: string;
  readonly count: number;
  /** The name of the first. */
  readonly example: string;
  /** The reason that its reader gave. */
  readonly reason?: string | undefined;
}

/** All that was left out, as plain data. */
export interface LeftOutGroups {
  readonly broken: readonly Group[];
  readonly unrelated: readonly Group[];
}

/**
 * Collects what is left out of the data, for an error or a note with count, kinds, and an example of each.
 *
 * Files that look like data and cannot be read are an error if they are more than one in a hundred, with `skipBroken` never, and
 * where that is false always. Files beside the data are a note.
 */
export class LeftOut {
  readonly #skipBroken: boolean | undefined;
  /** Most files that are left out without `skipBroken`. */
  #few = 0;
  #broken: readonly Group[] = [];
  #unrelated: readonly Group[] = [];

  constructor({ skipBroken }: { readonly skipBroken: boolean | undefined }) {
    this.#skipBroken = skipBroken;
  }

  /** All that was left out so far; set in place of reading files again that were read before. */
  get groups(): LeftOutGroups {
    return { broken: this.#broken, unrelated: this.#unrelated };
  }

  set groups({ broken, unrelated }: LeftOutGroups) {
    this.#broken = broken;
    this.#unrelated = unrelated;
  }

  /** Says how many files there are, of which a few may be left out. */
  countFiles(total: number): void {
    this.#few = Math.floor(total / FEW);
  }

  /** True if so many files may be left out. */
  #mayMiss(count: number): boolean {
    return count === 0 || (this.#skipBroken ?? count <= this.#few);
  }

  /** Notes a file that looks like data and cannot be read, such as an "empty" one; {@link check} throws if they are too many. */
  addBroken(kind: string, name: string, reason?: string): void {
    this.#broken = added(this.#broken, kind, name, reason);
  }

  /** Notes a file that holds no data, such as `desktop.ini`. */
  addUnrelated(name: string): void {
    this.#unrelated = added(this.#unrelated, "other", name);
  }

  /** The number of files that could not be read so far. */
  get brokenCount(): number {
    return this.#broken.reduce((sum, { count }) => sum + count, 0);
  }

  /**
   * Throws if there are files that could not be read, and so many are not to be left out.
   *
   * @param who stands in the error message
   * @param expected what the files should be, such as "PNG or JPEG pictures"
   */
  check(who: string, expected: string): void {
    if (this.#mayMiss(this.brokenCount)) return;
    throw new InputRangeError(who, expected, listed(this.#broken), "damaged-file", { advice: ADVICE });
  }

  /**
   * Reads a file. One that cannot be read is noted, or an error where so many are not to be left out.
   *
   * @param kind what it is called in the note, such as "corrupt"
   * @returns undefined for a file that was skipped
   */
  async attempt<T>(kind: string, name: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!isFault(error)) throw error;
      if (!this.#mayMiss(this.brokenCount + 1)) throw withAdvice(error);
      this.addBroken(kind, name, error.message);
      return undefined;
    }
  }

  /** The notes on all that was left out, a sentence for each of the two sorts. */
  notes(): string[] {
    const broken = `left out what cannot be read: ${listed(this.#broken, true)}`;
    const [unrelated] = this.#unrelated;
    const others = unrelated && `${unrelated.count} other ${unrelated.count === 1 ? "file" : "files"}`;
    return [
      ...(this.#broken.length > 0 ? [broken] : []),
      ...(unrelated ? [`left out ${others} (${JSON.stringify(unrelated.example)})`] : []),
    ];
  }
}

/** The groups with one more file. */
function added(groups: readonly Group[], kind: string, name: string, reason?: string): readonly Group[] {
  if (!groups.some((group) => group.kind === kind)) return [...groups, { kind, count: 1, example: name, reason }];
  return groups.map((group) => (group.kind === kind ? { ...group, count: group.count + 1 } : group));
}

/** Groups as text, such as `24 WebP ("owl/1.webp"), 2 empty ("owl/2.png")`. */
function listed(groups: readonly Group[], withReasons = false): string {
  const parts = groups.map(({ kind, count, example, reason }) => {
    const why = withReasons && reason !== undefined ? reason : JSON.stringify(example);
    return `${count} ${kind} (${why})`;
  });
  return parts.join(", ");
}

/** True if an error tells of the file, and not of the program: files on a disk have a path in theirs. */
function isFault(error: unknown): error is Error {
  return error instanceof RangeError || (error instanceof Error && "path" in error);
}

function withAdvice(error: Error): Error {
  if (!isInputError(error)) return error;
  return retold(error, { advice: error.advice === undefined ? ADVICE : `${error.advice}; ${ADVICE}` });
}
