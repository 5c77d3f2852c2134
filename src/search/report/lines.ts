/**
 * Charts of lines: the metric over the epochs of each trial, and the best value over the trials.
 *
 * @module
 */

import { scaleLinear } from "d3-scale";
import { element } from "../../markup.ts";
import type { Attempt } from "./attempts.ts";
import type { Axis, MetricAxis } from "./axis.ts";
import { columns, cross, type Frame, ground, markOf, note, picture, plotOf, rows, tip } from "./chart.ts";

const FRAME: Frame = { width: 480, height: 310, left: 64, right: 16, top: 16, bottom: 52 };

/** Most curves that are drawn, the best ones. */
const MOST_CURVES = 500;

/** An axis of whole numbers. */
function wholeAxis(low: number, high: number): Axis {
  const scale = scaleLinear(low === high ? [low - 1, high + 1] : [low, high], [0, 1]);
  const ticks = scale.ticks(8).filter((value) => Number.isInteger(value) && value >= low && value <= high);
  return {
    ticks: ticks.map((value) => ({ at: scale(value), text: String(value) })),
    at: (value) => scale(Number(value)),
  };
}

/** The metric over the epochs, a line for each trial. */
export function curves(attempts: readonly Attempt[], metric: MetricAxis): string {
  const { x0, x1, y0, y1 } = plotOf(FRAME);
  const longest = attempts.reduce((most, { curve }) => Math.max(most, curve.length), 1);
  const axis = wholeAxis(1, longest);
  const drawn = attempts.slice(0, MOST_CURVES).filter(({ curve }) => curve.some(Number.isFinite));
  const lines = drawn.map((attempt) => {
    const points = attempt.curve.map((value, i) => {
      const x = x0 + axis.at(i + 1) * (x1 - x0);
      return Number.isFinite(value) ? ([x, y1 - metric.at(value) * (y1 - y0)] as const) : undefined;
    });
    const last = points.filter((point) => point !== undefined).at(-1);
    const dot = last && element("circle", { cx: last[0], cy: last[1], r: 2.5 });
    const title = tip(attempt, metric);
    return element("g", { ...markOf(attempt) }, [element("path", { d: pathOf(points) }), dot ?? "", title]);
  });
  const content = [
    ...rows(FRAME, metric),
    ground(FRAME),
    ...columns(FRAME, axis),
    note((x0 + x1) / 2, y1 + 42, "Epoch", { "text-anchor": "middle" }),
    ...lines.reverse(),
  ];
  return picture("The metric over the epochs", FRAME, content);
}

type Point = readonly [x: number, y: number];

/** Lines through points; one that is missing leaves a gap. */
function pathOf(points: readonly (Point | undefined)[]): string {
  let isOpen = false;
  const parts = points.map((point) => {
    if (point === undefined) {
      isOpen = false;
      return "";
    }
    const step = `${isOpen ? "L" : "M"}${Math.round(10 * point[0]) / 10} ${Math.round(10 * point[1]) / 10}`;
    isOpen = true;
    return step;
  });
  return parts.join("");
}

/** The value of each trial in their order, and the best so far as steps. */
export function course(attempts: readonly Attempt[], metric: MetricAxis, maximize: boolean): string {
  const { x0, x1, y0, y1 } = plotOf(FRAME);
  const inOrder = [...attempts].sort((a, b) => a.index - b.index);
  const axis = wholeAxis(inOrder[0]?.index ?? 0, inOrder[inOrder.length - 1]?.index ?? 1);
  let best: number | undefined;
  const steps: Point[] = [];
  const points = inOrder.flatMap((attempt) => {
    const { value } = attempt;
    const x = x0 + axis.at(attempt.index) * (x1 - x0);
    if (value === undefined) return [cross(x, FRAME, attempt, metric)];
    const y = y1 - metric.at(value) * (y1 - y0);
    if (best === undefined || (maximize ? value > best : value < best)) {
      if (steps.length > 0) steps.push([x, steps[steps.length - 1][1]]);
      steps.push([x, y]);
      best = value;
    }
    return [element("circle", { cx: x, cy: y, r: attempt.isBest ? 5 : 3, ...markOf(attempt) }, [tip(attempt, metric)])];
  });
  if (steps.length > 0) steps.push([x1, steps[steps.length - 1][1]]);
  const content = [
    ...rows(FRAME, metric),
    ground(FRAME),
    ...columns(FRAME, axis),
    note((x0 + x1) / 2, y1 + 42, "Trial", { "text-anchor": "middle" }),
    element("path", { d: pathOf(steps), class: "steps" }),
    ...points,
  ];
  return picture("The best value over the trials", FRAME, content);
}
