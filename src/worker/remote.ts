import { memoriesOf, withOwnArrays } from "./arrays.ts";
import type { Connection } from "./connection.ts";
import type { Answer, Arguments, Handle, Hosted, MethodOf } from "./protocol.ts";

/**
 * An object in a worker, for calls from its page. Calls have the arguments and results of the object's methods, with
 * handles for other objects; a function as an argument stays in the page and is called from the worker.
 *
 * @template T the object's class in the worker
 * @example
 * const remote = new Remote<HostedModel>(connection, handle);
 * const values = await remote.call("getWeight", "conv2d/kernel");
 */
export class Remote<T extends Hosted> {
  readonly connection: Connection;
  readonly handle: Handle<T["kind"]>;
  #isReleased = false;

  constructor(connection: Connection, handle: Handle<T["kind"]>) {
    this.connection = connection;
    this.handle = handle;
  }

  /**
   * Calls a method. Arrays go there as copies.
   *
   * @throws what the method throws; HostError with one text for all if the worker is lost
   */
  call<K extends MethodOf<T>>(method: K, ...given: Arguments<T[K]>): Promise<Answer<T[K]>> {
    const args = given.map(withOwnArrays);
    return this.connection.call(this.handle, method, args, [...memoriesOf(args)]);
  }

  /** Calls a method, and moves the memories of arrays to the worker, in place of copying them. */
  move<K extends MethodOf<T>>(method: K, ...given: Arguments<T[K]>): Promise<Answer<T[K]>> {
    return this.connection.call(this.handle, method, given, [...memoriesOf(given)]);
  }

  /** Disposes of the object, which the end of the worker does as well. */
  async release(this: Remote<T & { dispose(): unknown }>): Promise<void> {
    if (this.#isReleased || this.connection.isClosed) return;
    this.#isReleased = true;
    try {
      await this.connection.call(this.handle, "dispose", [], []);
    } catch (error) {
      if (!this.connection.isClosed) throw error;
    }
  }
}
