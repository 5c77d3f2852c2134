/** Things that the page knows by a number. */
export class Shelf<T> {
  readonly #what: string;
  readonly #things = new Map<number, T>();
  #last = 0;

  /** @param what stands in error messages, such as "model" */
  constructor(what: string) {
    this.#what = what;
  }

  /** A number that nothing had before. */
  next(): number {
    return ++this.#last;
  }

  add(thing: T, number = this.next()): number {
    this.#things.set(number, thing);
    return number;
  }

  /** @throws TypeError if it is gone */
  get(number: number): T {
    const thing = this.#things.get(number);
    if (thing !== undefined) return thing;
    throw new TypeError(`session: expected a ${this.#what} that is in use, got one that was disposed of`);
  }

  remove(number: number): T | undefined {
    const thing = this.#things.get(number);
    this.#things.delete(number);
    return thing;
  }
}
