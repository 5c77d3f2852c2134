// Drawing that keeps up with training without ever holding the page up.

/** Calls `draw` in the next animation frame, however often it is asked for until then, and not before `gap` ms have passed. */
export function throttled(draw: () => void, gap = 0): () => void {
  let isDue = false;
  let last = Number.NEGATIVE_INFINITY;
  const frame = (now: number): void => {
    if (now - last < gap) {
      requestAnimationFrame(frame);
      return;
    }
    isDue = false;
    last = now;
    draw();
  };
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(frame);
  };
}

/**
 * Repeats an asynchronous update while it is wanted: one at a time, at most every `gap` milliseconds, none while the page is
 * not visible.
 *
 * @returns wakes it up, such as when what it looks at has changed
 */
export function whileWanted(isWanted: () => boolean, update: () => Promise<void>, gap: number): () => void {
  let isRunning = false;
  let isAsked = false;
  const turn = async (): Promise<void> => {
    while (isAsked && isWanted() && !document.hidden) {
      isAsked = false;
      await update();
      await new Promise((resolve) => setTimeout(resolve, gap));
    }
  };
  const ask = (): void => {
    isAsked = true;
    if (isRunning) return;
    isRunning = true;
    void turn().finally(() => {
      isRunning = false;
      // Asked for between the last look and here.
      if (isAsked && isWanted() && !document.hidden) ask();
    });
  };
  // Changes that were made while the page was hidden are drawn when it is seen again.
  document.addEventListener("visibilitychange", () => isAsked && !document.hidden && ask());
  return ask;
}
