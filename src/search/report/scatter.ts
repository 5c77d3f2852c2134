import { element } from "../../markup.ts";
import type { Parameter } from "../space.ts";
import type { Attempt } from "./attempts.ts";
import { type MetricAxis, parameterAxis } from "./axis.ts";
import { columns, cross, type Frame, ground, markOf, note, picture, plotOf, rows, tip } from "./chart.ts";

const FRAME: Frame = { width: 380, height: 270, left: 64, right: 16, top: 16, bottom: 46 };

/** Points of one value lie beside each other within so much of its room. */
const SPREAD = 0.6;

/** The values of one parameter against the metric; trials that failed are crosses at the worse end. */
export function scatter(parameter: Parameter, attempts: readonly Attempt[], metric: MetricAxis): string {
  const { key, domain } = parameter;
  const { x0, x1, y0, y1 } = plotOf(FRAME);
  const axis = parameterAxis(domain);
  const room = domain.kind === "choice" ? (SPREAD * (x1 - x0)) / domain.values.length : 0;
  const those = attempts.filter(({ settings }) => key in settings);
  const points = those.map((attempt) => {
    const x = x0 + axis.at(attempt.settings[key]) * (x1 - x0) + room * (spreadOf(attempt.index) - 0.5);
    if (attempt.value === undefined) return cross(x, FRAME, attempt, metric);
    const cy = y1 - metric.at(attempt.value) * (y1 - y0);
    return element("circle", { cx: x, cy, r: attempt.isBest ? 5.5 : 3.5, ...markOf(attempt) }, [tip(attempt, metric)]);
  });
  const content = [...rows(FRAME, metric), ground(FRAME), ...columns(FRAME, axis), ...points.reverse()];
  if (those.length === 0) content.push(note((x0 + x1) / 2, (y0 + y1) / 2, "no trials", { "text-anchor": "middle" }));
  return picture(`${key} against the metric`, FRAME, content);
}

/** A number from 0 to 1 that differs much between indices beside each other: multiples of the golden ratio. */
function spreadOf(index: number): number {
  return ((index + 1) * 0.6180339887498949) % 1;
}
