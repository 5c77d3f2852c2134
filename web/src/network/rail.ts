import { svg } from "../ui/dom.ts";
import type { LaneRow } from "./lanes.ts";

/** Room for a lane, and the height at which layers stand, in CSS pixels. */
const LANE = 14;
const MIDDLE = 17;

/** The width of the rail of a list. */
export function railWidth(rows: readonly LaneRow[]): number {
  return LANE * (1 + Math.max(0, ...rows.flatMap(({ at, from, passing }) => [at, ...from, ...passing])));
}

/** The part of a rail beside one row, however high the row gets. */
export function railPart({ at, from, passing, goesOn }: LaneRow): SVGSVGElement {
  const x = (lane: number): number => LANE / 2 + LANE * lane;
  const upright = (lane: number, y1: string, y2: string) => svg("line", { x1: x(lane), y1, x2: x(lane), y2 });
  const curves = from.map((lane) => {
    const half = MIDDLE / 2;
    return svg("path", { d: `M${x(lane)} 0C${x(lane)} ${half} ${x(at)} ${half} ${x(at)} ${MIDDLE}` });
  });
  return svg(
    "svg",
    { class: "layer-lanes", "aria-hidden": "true" },
    ...passing.map((lane) => upright(lane, "0", "100%")),
    ...curves,
    goesOn && upright(at, String(MIDDLE), "100%"),
    svg("circle", { cx: x(at), cy: MIDDLE, r: from.length > 1 ? 5 : 3.5 }),
  );
}
