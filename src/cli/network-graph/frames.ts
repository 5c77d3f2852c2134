import { asRectangles, enclosing, overlap, type Rectangle } from "./geometry.ts";
import type { BoxSpec, Layout } from "./layout.ts";

/** The frame around the boxes of a block. */
export interface Frame extends Rectangle {
  readonly path: string;
  /** Places of its boxes in the list. */
  readonly members: readonly number[];
}

/** Room around the boxes of a block; above them for its name. */
const PADDING = 10;
const HEADING = 21;

/** The frames of the blocks, outer ones first; none for a block that another box would lie in. */
export function framesOf(specs: readonly BoxSpec[], { boxes, arrows }: Layout): readonly Frame[] {
  const paths = new Set(specs.flatMap(({ frame }) => frame));
  return [...paths].flatMap((path) => {
    const members = specs.flatMap(({ frame }, i) => (frame.includes(path) ? [i] : []));
    // Blocks within are as much smaller as their own frames take.
    const depth = Math.max(...members.map((i) => specs[i].frame.length - 1 - specs[i].frame.indexOf(path)));
    const rows = enclosing(members.map((i) => boxes[i]));
    // Ways around the block's layers are part of it.
    const ways = arrows.filter(({ to }) => members.includes(to)).flatMap(({ points }) => points);
    const within = ways.filter(({ y }) => y >= rows.y && y <= rows.y + rows.height);
    const inside = enclosing([rows, ...asRectangles(within)]);
    const room = { x: PADDING * (1 + depth / 2), top: HEADING + 6 * depth, bottom: PADDING * (1 + depth / 2) };
    const frame = {
      path,
      members,
      x: inside.x - room.x,
      y: inside.y - room.top,
      width: inside.width + 2 * room.x,
      height: inside.height + room.top + room.bottom,
    };
    const isFree = boxes.every((box, i) => members.includes(i) || !overlap(box, frame));
    return isFree ? [frame] : [];
  });
}
