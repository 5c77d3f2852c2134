/**
 * Panels of curves over the epochs: one for losses, one for accuracies.
 *
 * @module
 */

import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { element, escapeXml } from "../../markup.ts";
import type { HistoryRow } from "../../training/history-csv.ts";
import { percent } from "../format.ts";
import { GRID, label, MIDDLE, MUTED, rule } from "./svg.ts";

/** Size of a panel, and its margins. */
export const PANEL = { width: 480, height: 370, left: 76, right: 20, top: 50, bottom: 52 };
export const PLOT_WIDTH = PANEL.width - PANEL.left - PANEL.right;
export const PLOT_HEIGHT = PANEL.height - PANEL.top - PANEL.bottom;
/** Room for the heading of a file. */
export const HEADING = 44;
/** Most epochs of a curve that has a dot on each; more dots would hide the line. */
const MAX_DOTS = 40;
/** Ratio of the greatest to the smallest loss from which on the axis is logarithmic. */
const LOG_RATIO = 30;
/** Largest value that is drawn; beyond it an axis with round numbers would overflow, so it counts as infinite. */
const HUGE = 1e300;

/** A scale of numbers. */
export type Scale = ScaleContinuousNumeric<number, number>;

/** A value after an epoch. */
export interface Point {
  readonly epoch: number;
  readonly value: number;
}

/** A line of a panel. */
export interface Series {
  readonly name: string;
  readonly color: string;
  /** Default 2. */
  readonly width?: number;
  readonly dash: string | undefined;
  /** Points of the line, all finite; a missing epoch leaves a gap. */
  readonly points: readonly Point[];
}

/** Axes with the lines that they are for. */
export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly scale: Scale;
  /** Values that get a tick. */
  readonly ticks: readonly number[];
  readonly tickFormat: (value: number) => string;
}

/** Dashes of lines of the training images' figures; those of others are solid. */
export const TRAINING_DASH = "5 3";

/** A figure of an epoch that is drawn. */
export type Figure = "trainLoss" | "valLoss" | "trainAccuracy" | "valAccuracy";

/** The finite values of a figure as points over the epochs. */
export function pointsOf(history: readonly HistoryRow[], figure: Figure): Point[] {
  return history.flatMap((row) => {
    const y = row[figure];
    return y === undefined || !(Math.abs(y) <= HUGE) ? [] : [{ epoch: row.epoch, value: y }];
  });
}

function valuesOf(series: readonly Series[]): number[] {
  return series.flatMap(({ points }) => points.map(({ value }) => value));
}

function extent(values: readonly number[]): [least: number, most: number] {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return values.length === 0 ? [0, 1] : [least, most];
}

function shortNumber(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e4) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

/** True for 10, 100 and so on times one of `digits`. */
function isRound(digits: readonly number[]): (value: number) => boolean {
  return (value) => digits.includes(Number(value.toExponential(0)[0]));
}

/** The panels of losses and, where there are any, of accuracies. */
export function panelsOf(seriesOf: (train: Figure, validation: Figure) => readonly Series[]): readonly Panel[] {
  const loss = lossPanel(seriesOf("trainLoss", "valLoss"));
  const accuracy = accuracyPanel(seriesOf("trainAccuracy", "valAccuracy"));
  return accuracy.series.length > 0 ? [loss, accuracy] : [loss];
}

/** A panel of losses, whose axis turns logarithmic where they differ much. */
function lossPanel(series: readonly Series[]): Panel {
  const [least, most] = extent(valuesOf(series));
  const base = { title: "Loss", series, format: shortNumber };
  if (least > 1 / HUGE && most / least > LOG_RATIO) {
    const scale = scaleLog([least, most], [PLOT_HEIGHT, 0]).nice();
    const ticks = scale.ticks().filter(isRound(most / least > 1e4 ? [1] : [1, 2, 5]));
    return { ...base, scale, ticks, tickFormat: shortNumber };
  }
  const low = Math.min(0, least);
  const scale = scaleLinear([low, most > low ? most : low + 1], [PLOT_HEIGHT, 0]).nice();
  return { ...base, scale, ticks: scale.ticks(6), tickFormat: scale.tickFormat(6) };
}

/** A panel of accuracies. */
function accuracyPanel(series: readonly Series[]): Panel {
  const [least, most] = extent(valuesOf(series));
  // A single value, or values close together, still get a range of two points.
  const low = Math.max(0, Math.min(least, most - 0.02));
  const scale = scaleLinear([low, Math.min(1, Math.max(most, low + 0.02))], [PLOT_HEIGHT, 0]).nice();
  const ticks = scale.ticks(6);
  const decimals = ticks.every((tick) => Number.isInteger(Math.round(tick * 1e6) / 1e4)) ? 0 : 1;
  return {
    title: "Accuracy",
    series,
    format: (share) => percent(share),
    scale,
    ticks,
    tickFormat: (value) => `${(100 * value).toFixed(decimals)} %`,
  };
}

function axes(panel: Panel, x: Scale, epochs: readonly number[]): string[] {
  const [first, last] = extent(epochs);
  const yTicks = panel.ticks.flatMap((value) => {
    const y = panel.scale(value);
    const text = label(-10, y, panel.tickFormat(value), { "text-anchor": "end", dy: MIDDLE });
    return [rule(0, y, PLOT_WIDTH, y, GRID), text];
  });
  const xTicks = x.ticks(8).flatMap((epoch) => {
    if (!Number.isInteger(epoch) || epoch < first || epoch > last) return [];
    const mark = rule(x(epoch), PLOT_HEIGHT, x(epoch), PLOT_HEIGHT + 5, MUTED);
    return [mark, label(x(epoch), PLOT_HEIGHT + 20, String(epoch), { "text-anchor": "middle" })];
  });
  const vertical = { "text-anchor": "middle", transform: `rotate(-90 -60 ${PLOT_HEIGHT / 2})` };
  return [
    ...yTicks,
    rule(0, PLOT_HEIGHT, PLOT_WIDTH, PLOT_HEIGHT, MUTED),
    ...xTicks,
    label(PLOT_WIDTH / 2, PLOT_HEIGHT + 42, "Epoch", { "text-anchor": "middle" }),
    label(-60, PLOT_HEIGHT / 2, panel.title, vertical),
  ];
}

function curve(
  { name, color, width = 2, dash, points }: Series,
  panel: Panel,
  x: Scale,
  epochs: readonly number[],
): string[] {
  const byEpoch = new Map(points.map(({ epoch, value }) => [epoch, value]));
  const path = line<number>()
    .defined((epoch) => byEpoch.has(epoch))
    .x((epoch) => x(epoch))
    .y((epoch) => panel.scale(byEpoch.get(epoch) ?? 0));
  const stroke = {
    fill: "none",
    stroke: color,
    "stroke-width": width,
    "stroke-linejoin": "round",
    "stroke-linecap": "round",
  };
  const parts = [element("path", { d: path(epochs) ?? "", ...stroke, "stroke-dasharray": dash })];
  for (const [i, epoch] of epochs.entries()) {
    const value = byEpoch.get(epoch);
    const alone = !byEpoch.has(epochs[i - 1]) && !byEpoch.has(epochs[i + 1]);
    if (value === undefined || (epochs.length > MAX_DOTS && !alone)) continue;
    const tip = element("title", {}, [escapeXml(`${name}, epoch ${epoch}: ${panel.format(value)}`)]);
    parts.push(element("circle", { cx: x(epoch), cy: panel.scale(value), r: width + 1, fill: color }, [tip]));
  }
  return parts;
}

/**
 * Draws a panel.
 *
 * @param epochs all epochs, growing
 * @param behind what stands behind the curves, on the scale of the epochs
 */
export function drawPanel(
  panel: Panel,
  epochs: readonly number[],
  behind: (x: Scale) => readonly string[] = () => [],
): string[] {
  const [first, last] = extent(epochs);
  const x = scaleLinear(first === last ? [first - 1, last + 1] : [first, last], [0, PLOT_WIDTH]);
  const parts = [...axes(panel, x, epochs), ...behind(x)];
  if (panel.series.length === 0) {
    parts.push(label(PLOT_WIDTH / 2, PLOT_HEIGHT / 2, "no values", { "text-anchor": "middle" }));
  }
  for (const series of panel.series) parts.push(...curve(series, panel, x, epochs));
  return parts;
}
