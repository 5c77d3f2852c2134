/** Milliseconds of work after which a loop lets the event loop run: short enough for a page at 60 frames a second. */
const SLICE_MILLISECONDS = 12;

/** The time that a long loop may take before it lets timers, signals and painting run. */
export class TimeSlice {
  #end = performance.now() + SLICE_MILLISECONDS;

  /** Lets the event loop run and begins another slice, if this one is over: returns a promise then, else undefined. */
  yieldIfOver(): Promise<void> | undefined {
    if (performance.now() < this.#end) return undefined;
    return macrotask().then(() => {
      this.#end = performance.now() + SLICE_MILLISECONDS;
    });
  }
}

/**
 * Resolves in a task of its own. A message is not held back as timers are, which browsers slow to 4 ms. Node and
 * similar hosts use `setImmediate`, as messages would make them load all of `fetch`.
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
