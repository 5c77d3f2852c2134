/** Milliseconds of work after which a loop lets the event loop run: short enough for a page at 60 frames a second. */
const SLICE_MILLISECONDS = 12;

/** Lets timers, signals and painting through every now and then in a long loop. */
export class Breather {
  #next = performance.now() + SLICE_MILLISECONDS;

  /** Returns a promise when it is time for a pause, else undefined. */
  pause(): Promise<void> | undefined {
    if (performance.now() < this.#next) return undefined;
    return macrotask().then(() => {
      this.#next = performance.now() + SLICE_MILLISECONDS;
    });
  }
}

/**
 * Resolves in a task of its own. A message is not held back as timers are, which browsers slow to 4 ms. Node and its like have
 * a call for that, and make an event of a message only once they have loaded all of `fetch`.
 */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    const immediate: unknown = Reflect.get(globalThis, "setImmediate");
    if (typeof immediate === "function") {
      immediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
