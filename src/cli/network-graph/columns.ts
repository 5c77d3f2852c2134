import type { Frame } from "./frames.ts";
import { asRectangles, enclosing, type Point, type Rectangle } from "./geometry.ts";
import type { Arrow, Layout } from "./layout.ts";

/** A layout with the frames of its blocks, and how large it is. */
export interface Drawing extends Layout {
  readonly frames: readonly Frame[];
  readonly width: number;
  readonly height: number;
}

/** Drawings that are no higher stay as they are. */
const HIGH = 1000;

/** Height of a column by the width of the drawing, about. */
const ASPECT = 0.8;

/** The most by which the height of a column may differ from its share, as a part of the share. */
const MOST_UNEVEN = 0.6;

/** Room between columns, where an arrow goes from the foot of one to the head of the next. */
const GUTTER = 64;

/** Room that such an arrow takes beyond the boxes. */
const TURN = 26;

/** A piece of a layout: its boxes are those from `top` to above `bottom`. */
interface Piece {
  readonly top: number;
  readonly bottom: number;
}

/**
 * Cuts a high drawing into columns side by side, where nothing but one arrow goes from one row to the next. It begins at
 * (0, 0).
 */
export function inColumns({ boxes, arrows }: Layout, frames: readonly Frame[]): Drawing {
  const points = asRectangles(arrows.flatMap(({ points: list }) => list));
  const whole = enclosing([...boxes, ...frames, ...points]);
  const pieces = piecesOf(whole, cutsOf(boxes, arrows, frames));
  const places = placePieces(pieces, [...boxes, ...frames], points);
  const placeOf = (y: number): number => pieces.findIndex(({ bottom }) => y < bottom);
  const move = <P extends Point>(point: P, piece: number): P => {
    const { x, y } = places[piece].by;
    return { ...point, x: point.x + x, y: point.y + y };
  };
  const moved = boxes.map((box) => move(box, placeOf(box.y)));
  return {
    boxes: moved,
    frames: frames.map((frame) => move(frame, placeOf(frame.y + frame.height / 2))),
    arrows: arrows.map((arrow) => {
      const [from, to] = [placeOf(boxes[arrow.from].y), placeOf(boxes[arrow.to].y)];
      if (from === to) return { ...arrow, points: arrow.points.map((point) => move(point, from)) };
      const points = turn(moved[arrow.from], moved[arrow.to], places[to].left - GUTTER / 2);
      return { ...arrow, points, isTurn: true };
    }),
    width: Math.max(...places.map(({ left, width }) => left + width)),
    height: Math.max(...places.map(({ height }) => height)),
  };
}

/** Heights at which a drawing may be cut: between rows where one arrow passes, and no frame. */
function cutsOf(boxes: readonly Rectangle[], arrows: readonly Arrow[], frames: readonly Frame[]): readonly number[] {
  const rows = [...new Set(boxes.map(({ y, height }) => y + height / 2))].sort((a, b) => a - b);
  const middle = ({ y, height }: Rectangle) => y + height / 2;
  return rows.slice(1).flatMap((row, i) => {
    const between = (a: number, b: number) => a <= rows[i] && b >= row;
    const passing = arrows.filter(({ from, to }) => between(middle(boxes[from]), middle(boxes[to])));
    const isFramed = frames.some(({ members }) => {
      const heights = members.map((member) => middle(boxes[member]));
      return between(Math.min(...heights), Math.max(...heights));
    });
    const above = boxes.filter((box) => middle(box) === rows[i]).map(({ y, height }) => y + height);
    return passing.length === 1 && !isFramed ? [Math.max(...above) + 1] : [];
  });
}

/** The pieces of a drawing, about equally high. */
function piecesOf({ y: top, width, height }: Rectangle, cuts: readonly number[]): readonly Piece[] {
  const wanted = height <= HIGH ? 1 : Math.max(2, Math.round(Math.sqrt(height / (ASPECT * (width + GUTTER)))));
  const chosen = new Set<number>();
  for (let i = 1; i < wanted; i++) {
    const ideal = top + (i * height) / wanted;
    const [nearest] = [...cuts].sort((a, b) => Math.abs(a - ideal) - Math.abs(b - ideal));
    // A piece far from its share would stand beside an empty place.
    if (nearest !== undefined && Math.abs(nearest - ideal) < (MOST_UNEVEN * height) / wanted) chosen.add(nearest);
  }
  const ends = [...chosen].sort((a, b) => a - b);
  return [...ends, Number.POSITIVE_INFINITY].map((bottom, i) => ({ top: ends[i - 1] ?? top, bottom }));
}

/** The pieces side by side: how far each is moved, where it then begins, and its size. */
function placePieces(pieces: readonly Piece[], rectangles: readonly Rectangle[], points: readonly Rectangle[]) {
  let left = 0;
  return pieces.map(({ top, bottom }) => {
    const inside = rectangles.filter((rectangle) => {
      const middle = rectangle.y + rectangle.height / 2;
      return middle >= top && middle < bottom;
    });
    const rows = enclosing(inside);
    const bends = points.filter(({ y }) => y >= rows.y && y <= rows.y + rows.height);
    const { x, y, width, height } = enclosing([...inside, ...bends]);
    const head = pieces.length > 1 ? TURN : 0;
    const place = { by: { x: left - x, y: head - y }, left, width, height: height + 2 * head };
    left += width + GUTTER;
    return place;
  });
}

/** The way from the foot of a column to the head of the next, up between the two. */
function turn(from: Rectangle, to: Rectangle, between: number): readonly Point[] {
  const [a, b] = [from.x + from.width / 2, to.x + to.width / 2];
  const [foot, head] = [from.y + from.height, to.y];
  return [
    { x: a, y: foot },
    { x: a, y: foot + TURN },
    { x: between, y: foot + TURN },
    { x: between, y: 0 },
    { x: b, y: 0 },
    { x: b, y: head },
  ];
}
