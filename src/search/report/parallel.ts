import { element } from "../../markup.ts";
import type { Attempt, ReportedSearch } from "./attempts.ts";
import { type Axis, type MetricAxis, parameterAxis } from "./axis.ts";
import { type Frame, markOf, note, picture, plotOf, tip } from "./chart.ts";

/** Most lines that are drawn, the best ones; more would be a blot. */
const MOST_LINES = 1000;
/** Most letters of a name above an axis; of a longer path its end is told. */
const LETTERS = 20;
/** Room of an axis in pixels. */
const STRIDE = 150;

/**
 * Parallel coordinates: an upright axis for each parameter and for the metric, and a line for each trial through its values. Where a parameter
 * doesn't count, the line dips below its axis; that of a trial that failed runs past the metric's worse end.
 */
export function parallelCoordinates(
  { space, metric: name }: ReportedSearch,
  attempts: readonly Attempt[],
  metric: MetricAxis,
): string {
  const { parameters } = space;
  const width = Math.max(720, STRIDE * parameters.length + 190);
  const frame: Frame = { width, height: 400, left: 70, right: 120, top: 48, bottom: 44 };
  const { x0, x1, y0, y1 } = plotOf(frame);
  const xOf = (i: number) => x0 + (i * (x1 - x0)) / parameters.length;
  const yOf = (place: number) => y1 - place * (y1 - y0);
  const axes = [...parameters.map(({ domain }) => parameterAxis(domain)), metric];
  const names = [...parameters.map(({ key }) => key), name];
  const lines = attempts.slice(0, MOST_LINES).map((attempt) => {
    const places = parameters.map(({ key }, i) =>
      key in attempt.settings ? axes[i].at(attempt.settings[key]) : undefined,
    );
    places.push(attempt.value === undefined ? undefined : metric.at(attempt.value));
    const d = places.map((place, i) => {
      const isPast = i === parameters.length && metric.worst === 1;
      const y = place === undefined ? (isPast ? y0 - 10 : y1 + 24) : yOf(place);
      return `${i === 0 ? "M" : "L"}${round(xOf(i))} ${round(y)}`;
    });
    const data = { "data-p": places.map((place) => (place === undefined ? "" : place.toFixed(4))).join(" ") };
    return element("path", { d: d.join(""), ...markOf(attempt), ...data }, [tip(attempt, metric)]);
  });
  // The best are drawn last, over the others.
  const content = [
    ...lines.reverse(),
    ...axes.flatMap((axis, i) => upright(axis, names[i], xOf(i), frame, i === axes.length - 1)),
  ];
  return picture("Parallel coordinates of all trials", frame, content);
}

/** An axis with its name above, and the area on which readers draw to choose trials. */
function upright(axis: Axis, name: string, x: number, frame: Frame, isLast: boolean): string[] {
  const { y0, y1 } = plotOf(frame);
  const texts = axis.ticks.map(({ at, text }) => {
    const y = y1 - at * (y1 - y0);
    return note(x + (isLast ? 10 : -8), y, text, {
      "text-anchor": isLast ? "start" : "end",
      dy: "0.35em",
      class: "note halo",
    });
  });
  return [
    element("line", { x1: x, y1: y0, x2: x, y2: y1, class: "axis" }),
    ...texts,
    note(x, y0 - 18, name.length > LETTERS ? `…${name.slice(1 - LETTERS)}` : name, {
      class: "name",
      "text-anchor": "middle",
    }),
    element("rect", { x: x - 14, y: y0, width: 28, height: y1 - y0, class: "brush", "data-axis": "" }),
    element("rect", { x: x - 7, y: y0, width: 14, height: 0, class: "chosen" }),
  ];
}

function round(value: number): string {
  return String(Math.round(10 * value) / 10);
}

/** Number of trials that are not drawn. */
export function undrawn(attempts: readonly Attempt[]): number {
  return Math.max(0, attempts.length - MOST_LINES);
}
