import { InputTypeError } from "../errors.ts";
import type { Handle, Hosted } from "./protocol.ts";

/** The objects of a worker, by the handles that its page has of them. */
export class HandleTable {
  readonly #objects = new Map<number, Hosted>();
  #last = 0;

  /** Adds an object under a new number. */
  add<T extends Hosted>(object: T): Handle<T["kind"]> {
    const number = ++this.#last;
    this.#objects.set(number, object);
    return { handle: object.kind, number };
  }

  /**
   * The object of a handle.
   *
   * @throws TypeError if it was disposed of
   */
  get({ handle, number }: Handle): Hosted {
    const object = this.#objects.get(number);
    if (object?.kind === handle) return object;
    throw new InputTypeError("session", `a ${handle} that is in use`, "one that was disposed of", "wrong-time");
  }

  remove(object: Hosted): void {
    for (const [number, known] of this.#objects) if (known === object) this.#objects.delete(number);
  }
}
