/**
 * Work that threads beside each other do once, and share: the first that wants a result makes it, the others wait for it. Arrays in it lie
 * in memory that all of them see.
 *
 * @module
 */

import { isRecord } from "../../json.ts";
import { isFloat32Array, isUint8Array, isUint16Array } from "../../numeric/array-kinds.ts";

/** A message of a thread to the keeper of shared work. */
export type ToKeeper = { readonly key: string } & (
  | { readonly wants: true }
  /** The result; undefined if it cannot be shared, or there is none. */
  | { readonly made: unknown }
);

/** The answer of the keeper: the result, or that the thread is to make it. */
export type FromKeeper = { readonly key: string } & ({ readonly make: true } | { readonly result: unknown });

/** Results that are kept at most: those of a data set and of its folds. */
const MOST_KEPT = 24;

/** Keeps results for threads, in the thread that has started them. */
export class WorkKeeper {
  readonly #results = new Map<string, unknown>();
  /** Answers to those that wait for a result in the making. */
  readonly #waiting = new Map<string, ((answer: FromKeeper) => void)[]>();

  /** Takes a message of a thread. */
  take(message: ToKeeper, answer: (answer: FromKeeper) => void): void {
    const { key } = message;
    if ("wants" in message) {
      this.#want(key, answer);
      return;
    }
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    if (message.made === undefined) {
      // It cannot be shared, or failed: every one does it for itself.
      for (const each of waiting) each({ key, make: true });
      return;
    }
    this.#results.set(key, message.made);
    const [oldest] = this.#results.keys();
    if (this.#results.size > MOST_KEPT) this.#results.delete(oldest);
    for (const each of waiting) each({ key, result: message.made });
  }

  #want(key: string, answer: (answer: FromKeeper) => void): void {
    const waiting = this.#waiting.get(key);
    if (this.#results.has(key)) answer({ key, result: this.#results.get(key) });
    else if (waiting !== undefined) waiting.push(answer);
    else {
      this.#waiting.set(key, []);
      answer({ key, make: true });
    }
  }
}

/** Does work once for all threads, in one of them. */
export class WorkSharer {
  readonly #post: (message: ToKeeper) => void;
  readonly #own = new Map<string, Promise<unknown>>();
  readonly #asked = new Map<string, (answer: FromKeeper) => void>();

  /** @param post tells the keeper */
  constructor(post: (message: ToKeeper) => void) {
    this.#post = post;
  }

  /** Takes an answer of the keeper. */
  take(answer: FromKeeper): void {
    this.#asked.get(answer.key)?.(answer);
    this.#asked.delete(answer.key);
  }

  /** The result of a key: shared, or else of `work`. */
  readonly once = async <Result>(key: string, work: () => Promise<Result>): Promise<Result> => {
    // The keeper gives what this very function made of a result: the types agree.
    const known = this.#own.get(key) as Promise<Result> | undefined;
    if (known !== undefined) return known;
    const result = this.#get(key, work);
    this.#own.set(key, result);
    const [oldest] = this.#own.keys();
    if (this.#own.size > MOST_KEPT) this.#own.delete(oldest);
    result.catch(() => this.#own.delete(key));
    return result;
  };

  async #get<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const answer = await new Promise<FromKeeper>((resolve) => {
      this.#asked.set(key, resolve);
      this.#post({ key, wants: true });
    });
    if ("result" in answer) return answer.result as Result;
    try {
      const result = await work();
      const shared = inSharedMemory(result, new Map());
      this.#post({ key, made: shared });
      return (shared ?? result) as Result;
    } catch (error) {
      this.#post({ key, made: undefined });
      throw error;
    }
  }
}

/** A copy whose arrays lie in shared memory, each buffer once; undefined for what holds functions, which no message carries. */
function inSharedMemory(value: unknown, moved: Map<ArrayBufferLike, SharedArrayBuffer>): unknown {
  if (typeof value === "function") return undefined;
  if (ArrayBuffer.isView(value)) return sharedView(value, moved);
  if (Array.isArray(value)) return value.map((item: unknown) => inSharedMemory(item, moved));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, inSharedMemory(each, moved)] as const);
  const isWhole = entries.every(([key, each]) => each !== undefined || value[key] === undefined);
  return isWhole ? Object.fromEntries(entries) : undefined;
}

function sharedView(view: ArrayBufferView, moved: Map<ArrayBufferLike, SharedArrayBuffer>): unknown {
  const { buffer, byteOffset, byteLength } = view;
  let shared = moved.get(buffer);
  if (shared === undefined) {
    shared = new SharedArrayBuffer(buffer.byteLength);
    new Uint8Array(shared).set(new Uint8Array(buffer));
    moved.set(buffer, shared);
  }
  if (isUint8Array(view)) return new Uint8Array(shared, byteOffset, byteLength);
  if (isUint16Array(view)) return new Uint16Array(shared, byteOffset, byteLength / 2);
  if (isFloat32Array(view)) return new Float32Array(shared, byteOffset, byteLength / 4);
  return undefined;
}
