import { Signal } from "../ui/signal.ts";
import type { CallMessage, Classroom, FromWorker, Notice } from "./protocol.ts";

/** A call that waits for its answer; with methods, as the types of answers differ from call to call. */
interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The page's side of the worker that looks at pictures and learns. */
export class Teacher {
  /** Reason for which the worker is gone; undefined while all is well. */
  readonly lost = new Signal<string | undefined>(undefined);
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;

  constructor(onNotice: (notice: Notice) => void) {
    this.#worker = new Worker(new URL("./teach-worker.js", import.meta.url), { type: "module", name: "convasm-teach" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === "result") this.#take(data.id)?.resolve(data.value);
      else if (data.type === "error") this.#take(data.id)?.reject(new Error(data.text));
      else onNotice(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#lose(event.message || "its program could not be loaded");
    };
  }

  /**
   * Calls a method of the worker.
   *
   * @param transfer what goes there in place of being copied
   * @throws Error with the method's words, or if the worker is gone
   */
  call<K extends keyof Classroom>(
    method: K,
    args: Parameters<Classroom[K]>,
    transfer: Transferable[] = [],
  ): Promise<Awaited<ReturnType<Classroom[K]>>> {
    return new Promise((resolve, reject) => {
      const { value } = this.lost;
      if (value !== undefined) throw new Error(value);
      const id = this.#calls++;
      const pending: Pending = { resolve, reject };
      this.#pending.set(id, pending);
      const message: CallMessage = { id, method, args };
      this.#worker.postMessage(message, transfer);
    });
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #lose(reason: string): void {
    this.#worker.terminate();
    const text = `the worker that learns is gone: ${reason}`;
    for (const { reject } of this.#pending.values()) reject(new Error(text));
    this.#pending.clear();
    this.lost.value = text;
  }
}
