import type { Style } from "./style.ts";

/** Characters of a bar. */
export interface BarLook {
  readonly style: Style;
  readonly unicode: boolean;
}

/** A bar of `width` characters, filled for the share `done`, 0 to 1. */
export function bar(done: number, width: number, { style, unicode }: BarLook): string {
  const share = Number.isFinite(done) ? Math.min(1, Math.max(0, done)) : 0;
  const filled = Math.round(share * width);
  const [full, empty] = unicode ? ["━", "─"] : ["#", "-"];
  return style.cyan(full.repeat(filled)) + style.dim(empty.repeat(width - filled));
}

const WIDEST = 40;
const NARROWEST = 8;

/**
 * A line of at most `columns` characters: a head, a bar, and as many of the parts as fit. The bar gives way first, down
 * to a few characters, then the parts from the last to the first, then the bar.
 */
export function barLine(done: number, head: string, parts: readonly string[], columns: number, look: BarLook): string {
  // The last column stays free: some terminals wrap when it is written to.
  const room = columns - 1;
  const share = `${Math.floor(100 * Math.min(1, done))}%`.padStart(4);
  for (let kept = parts.length; kept >= 0; kept--) {
    const tail = [share, ...parts.slice(0, kept)].join("  ");
    const width = Math.min(WIDEST, room - head.length - tail.length - 2);
    if (width >= NARROWEST) return `${head} ${bar(done, width, look)} ${tail}`;
  }
  return `${head} ${share}`.slice(0, Math.max(0, room));
}
