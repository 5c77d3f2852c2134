import type { Point, Rectangle } from "./geometry.ts";

/** An arrow to be drawn: from one box to another by places in rows between. */
export interface Way {
  readonly from: number;
  readonly to: number;
  /** Places that were kept free for it, from top to bottom. */
  readonly bends: readonly Point[];
}

/** A row of boxes: heights of its middle and its ends. */
interface Row {
  readonly middle: number;
  readonly top: number;
  readonly bottom: number;
}

/** Room between two arrows that end at one box. */
const BETWEEN_ENDS = 30;

/** No arrow ends nearer to the side of a box. */
const CORNER = 16;

/**
 * The corners of arrows. All that leave a box start at its foot, as they are one tensor; those that reach one end side by side
 * at its head. They go aside between rows only, and straight down past the boxes of a row.
 */
export function route(boxes: readonly Rectangle[], ways: readonly Way[]): readonly (readonly Point[])[] {
  const rows = rowsOf(boxes);
  const centre = ({ x, width }: Rectangle) => x + width / 2;
  const rowOf = ({ y, height }: Rectangle) => rows.findIndex(({ middle }) => middle === y + height / 2);
  const passing = ways.map(({ from, to, bends }) => {
    const between = rows.slice(rowOf(boxes[from]) + 1, rowOf(boxes[to]));
    return between.map((row) => {
      const [bend] = [...bends].sort((a, b) => Math.abs(a.y - row.middle) - Math.abs(b.y - row.middle));
      const start = centre(boxes[from]);
      // Middles of boxes are halves; who came straight down goes on so.
      return { x: bend === undefined || Math.abs(bend.x - start) <= 1 ? start : Math.round(bend.x), row };
    });
  });
  const comes = (i: number) => passing[i].at(-1)?.x ?? centre(boxes[ways[i].from]);
  return ways.map(({ from, to }, i) => {
    const [source, target] = [boxes[from], boxes[to]];
    const start = centre(source);
    const rivals = ways.flatMap((way, other) => (way.to === to ? [{ other, x: comes(other) }] : []));
    const end = centre(target) + shift(rivals, i, target);
    return [
      { x: start, y: source.y + source.height },
      { x: start, y: rows[rowOf(source)].bottom },
      ...passing[i].flatMap(({ x, row }) => [
        { x, y: row.top },
        { x, y: row.bottom },
      ]),
      { x: end, y: rows[rowOf(target)].top },
      { x: end, y: target.y },
    ].filter((point, at, all) => at === 0 || point.x !== all[at - 1].x || point.y !== all[at - 1].y);
  });
}

/** The distance from the middle of a box at which one of the arrows that reach it ends, in the order in which they come. */
function shift(
  rivals: readonly { readonly other: number; readonly x: number }[],
  which: number,
  { x, width }: Rectangle,
): number {
  const order = [...rivals].sort((a, b) => a.x - b.x || a.other - b.other);
  const place = order.findIndex(({ other }) => other === which);
  // An arrow that comes straight down goes on so.
  const straight = order.findIndex((rival) => Math.abs(rival.x - x - width / 2) < 2);
  const middle = straight < 0 ? (order.length - 1) / 2 : straight;
  const most = Math.max(middle, order.length - 1 - middle);
  return (place - middle) * Math.min(BETWEEN_ENDS, (width / 2 - CORNER) / Math.max(1, most));
}

function rowsOf(boxes: readonly Rectangle[]): readonly Row[] {
  const rows = new Map<number, Row>();
  for (const { y, height } of boxes) {
    const middle = y + height / 2;
    const { top = y, bottom = y + height } = rows.get(middle) ?? {};
    rows.set(middle, { middle, top: Math.min(top, y), bottom: Math.max(bottom, y + height) });
  }
  return [...rows.values()].sort((a, b) => a.middle - b.middle);
}
