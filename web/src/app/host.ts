import { createSession, type HostError, type Session, setWorkerSource } from "convasm";
import { Signal } from "../ui/signal.ts";

// The build makes a file of the worker's program, next to the page's own.
setWorkerSource(() => new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "convasm" }));

/** The worker that data sets and models live in: started when it is first needed, and again after it was lost. */
export class Host {
  /** Reason for which the last worker is gone; undefined while all is well. */
  readonly lost = new Signal<HostError | undefined>(undefined);
  #session: Promise<Session> | undefined;

  /** @throws Error if no worker starts, with what to do about it */
  session(): Promise<Session> {
    if (this.#session === undefined) {
      const starting = createSession({
        onLost: (_, error) => {
          this.#session = undefined;
          this.lost.value = error;
        },
      });
      this.#session = starting;
      this.lost.value = undefined;
      starting.catch(() => {
        this.#session = undefined;
      });
    }
    return this.#session;
  }

  /** Ends a worker that no longer answers. */
  async end(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    (await session)?.terminate();
  }
}
