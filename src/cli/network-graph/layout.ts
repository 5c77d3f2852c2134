import type { EdgeLabel, GraphLabel, NodeLabel } from "@dagrejs/dagre";
import type { Point, Rectangle } from "./geometry.ts";
import { route } from "./route.ts";

/** A box to be placed: its size, and the places in the list of those that it takes from, all before its own. */
export interface BoxSpec {
  readonly width: number;
  readonly height: number;
  readonly inputs: readonly number[];
  /** The paths of the blocks that it stands in, outer ones first. */
  readonly frame: readonly string[];
}

/** An arrow from one box to another, both by their places in the list. */
export interface Arrow {
  readonly from: number;
  readonly to: number;
  readonly points: readonly Point[];
  /** True for an arrow of right angles, from one column to the next. Default false. */
  readonly isTurn?: boolean;
}

/** Boxes in rows from top to bottom, each below those that it takes from. */
export interface Layout {
  readonly boxes: readonly Rectangle[];
  readonly arrows: readonly Arrow[];
}

/** Room between rows, which frames of blocks and their names need, between boxes in a row, and between arrows. */
const ROWS = 34;
const BOXES = 34;
const ARROWS = 18;

/**
 * Places boxes by the layered method (Sugiyama et al., 1981): rows by depth, few crossings, short and straight arrows.
 *
 * @param specs in an order in which each stands after those that it takes from
 */
export async function layOut(specs: readonly BoxSpec[]): Promise<Layout> {
  const { Graph, layout } = await import("@dagrejs/dagre");
  const graph = new Graph<GraphLabel, NodeLabel, EdgeLabel>({ multigraph: true });
  graph.setGraph({ rankdir: "TB", ranksep: ROWS, nodesep: BOXES, edgesep: ARROWS });
  for (const [i, { width, height }] of specs.entries()) graph.setNode(String(i), { width, height });
  for (const [to, { inputs }] of specs.entries()) {
    // The way that the list goes stays straight.
    inputs.forEach((from, i) => {
      graph.setEdge(String(from), String(to), { weight: from === to - 1 ? 4 : 1 }, String(i));
    });
  }
  layout(graph);
  const boxes = specs.map(({ width, height }, i) => {
    const { x = 0, y = 0 } = graph.node(String(i));
    // Whole numbers, so that the middles of a row are the same.
    return { x: Math.round(x - width / 2), y: Math.round(y - height / 2), width, height };
  });
  const ways = specs.flatMap(({ inputs }, to) =>
    inputs.map((from, i) => ({ from, to, bends: graph.edge(String(from), String(to), String(i)).points ?? [] })),
  );
  const points = route(boxes, ways);
  return { boxes, arrows: ways.map(({ from, to }, i) => ({ from, to, points: points[i] })) };
}
