/**
 * Parts that the charts of a report share: marks of trials, which are told apart by colour from worst to best, and axes.
 *
 * @module
 */

import { type Attributes, element, escapeXml } from "../../markup.ts";
import type { Attempt } from "./attempts.ts";
import { type Axis, type MetricAxis, shortText } from "./axis.ts";

/** Size of a chart and its margins. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A frame with the place of its plot's edges. */
export function plotOf({ width, height, left, right, top, bottom }: Frame) {
  return { x0: left, x1: width - right, y0: top, y1: height - bottom };
}

/** A picture of the page, which is as wide as there is room. */
export function picture(
  title: string,
  { width, height }: Pick<Frame, "width" | "height">,
  content: readonly string[],
): string {
  const attributes = { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title };
  return element(
    "svg",
    attributes,
    content.map((part) => `\n${part}`),
  );
}

/** Shifts text down so that its middle is at y. */
const MIDDLE = "0.35em";

/** Text in the page's colour for what is not in front; it is escaped. */
export function note(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element("text", { x, y, class: "note", "font-size": 12, ...attributes }, [escapeXml(text)]);
}

/** Attributes by which a mark belongs to its trial: script and styles find it by them. */
export function markOf({ index, quality, value, isBest }: Attempt): { readonly [name: string]: string } {
  const look = isBest ? "mark best" : value === undefined ? "mark failed" : "mark";
  return { "data-t": String(index), class: look, style: `--q:${Math.round(100 * quality)}%` };
}

/** The text of a mark that is pointed at. */
export function tip(attempt: Attempt, metric: MetricAxis): string {
  return element("title", {}, [escapeXml(wordsOf(attempt, metric))]);
}

/** A trial in one line. */
export function wordsOf({ index, value, settings, epochs }: Attempt, metric: MetricAxis): string {
  const told = value === undefined ? "failed" : `${metric.text(value)} after ${epochs} epoch${epochs === 1 ? "" : "s"}`;
  const all = Object.entries(settings).map(([key, each]) => `${key} ${shortText(each, 40)}`);
  return `Trial ${index}: ${told}; ${all.join(", ")}`;
}

/** A cross for a trial that failed, at the worse end of the metric's axis. */
export function cross(x: number, frame: Frame, attempt: Attempt, metric: MetricAxis): string {
  const { y0, y1 } = plotOf(frame);
  const y = metric.worst === 0 ? y1 : y0;
  return element("path", { d: `M${Math.round(x) - 3} ${y - 3}l6 6m0 -6l-6 6`, ...markOf(attempt) }, [
    tip(attempt, metric),
  ]);
}

/** Lines across a plot at the ticks of an upright axis, with their texts to the left. */
export function rows(frame: Frame, axis: Axis): string[] {
  const { x0, x1, y0, y1 } = plotOf(frame);
  return axis.ticks.flatMap(({ at, text }) => {
    const y = y1 - at * (y1 - y0);
    const line = element("line", { x1: x0, y1: y, x2: x1, y2: y, class: "grid" });
    return [line, note(x0 - 8, y, text, { "text-anchor": "end", dy: MIDDLE })];
  });
}

/** Ticks and texts below a plot; every other text is left out where they would touch. */
export function columns(frame: Frame, axis: Axis): string[] {
  const { x0, x1, y1 } = plotOf(frame);
  const widest = Math.max(0, ...axis.ticks.map(({ text }) => 7 * text.length + 8));
  const fit = Math.max(1, Math.floor((x1 - x0) / widest));
  const step = Math.ceil(axis.ticks.length / fit);
  return axis.ticks.flatMap(({ at, text }, i) => {
    const x = x0 + at * (x1 - x0);
    const mark = element("line", { x1: x, y1, x2: x, y2: y1 + 5, class: "axis" });
    return i % step === 0 ? [mark, note(x, y1 + 20, text, { "text-anchor": "middle" })] : [mark];
  });
}

/** The line below a plot. */
export function ground(frame: Frame): string {
  const { x0, x1, y1 } = plotOf(frame);
  return element("line", { x1: x0, y1, x2: x1, y2: y1, class: "axis" });
}
