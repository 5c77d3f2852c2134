/**
 * Axes of a report: where a value lies, and which places have a number beside them.
 *
 * @module
 */

import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from "d3-scale";
import type { Json } from "../../json.ts";
import { percent } from "../../words.ts";
import { type Domain, isSame } from "../space.ts";
import type { Attempt, ReportedSearch } from "./attempts.ts";

/** An axis from 0, its beginning, to 1, its end. */
export interface Axis {
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** The place of a value, from 0 to 1; of one that lies beyond the axis its nearer end. */
  at(value: Json): number;
}

/** Most letters of a name beside an axis. */
const LETTERS = 14;

/** A value in few letters. */
export function shortText(value: Json, most = LETTERS): string {
  const text =
    typeof value === "number"
      ? shortNumber(value)
      : typeof value === "string"
        ? value
        : JSON.stringify(value).replaceAll('"', "");
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** A number in at most four digits, with an exponent where it is very small or large. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5))
    return String(Number(value.toPrecision(3)).toExponential()).replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}

/** The axis of a parameter's values. */
export function parameterAxis(domain: Domain): Axis {
  if (domain.kind === "choice") {
    const { values } = domain;
    const place = (i: number) => (i + 0.5) / values.length;
    return {
      ticks: values.map((value, i) => ({ at: place(i), text: shortText(value) })),
      at: (value) => place(values.findIndex((each) => isSame(each, value))),
    };
  }
  const { low, high } = domain;
  const scale = domain.kind === "log" ? scaleLog([low, high], [0, 1]) : scaleLinear([low, high], [0, 1]);
  return axisOf(scale, domain.kind === "log" ? logTicks(low, high) : scale.ticks(5), shortNumber);
}

/** Round numbers of a logarithmic axis: as many as it has room for. */
function logTicks(low: number, high: number): readonly number[] {
  const all = scaleLog([low, high], [0, 1]).ticks();
  for (const digits of [[1, 2, 5], [1, 3], [1]]) {
    const some = all.filter((value) => digits.includes(Number(value.toExponential(0)[0])));
    if (some.length >= 2 && some.length <= 7) return some;
  }
  return [low, high];
}

function axisOf(
  scale: ScaleContinuousNumeric<number, number>,
  ticks: readonly number[],
  text: (value: number) => string,
): Axis {
  return {
    ticks: ticks.map((value) => ({ at: scale(value), text: text(value) })),
    at: (value) => Math.min(1, Math.max(0, scale(Number(value)))),
  };
}

/** The axis of the metric, and how its values are told. */
export interface MetricAxis extends Axis {
  /** Number of attempts whose value lies beyond the axis, which ends before bad values that are far from all others. */
  readonly beyond: number;
  /** The place of its worse end: 0 or 1. */
  readonly worst: number;
  /** A value in words. */
  text(value: number): string;
}

/** The axis of the values of all attempts, and of what else is drawn on it. */
export function metricAxis(
  { metric, maximize }: Pick<ReportedSearch, "metric" | "maximize">,
  attempts: readonly Attempt[],
  more: readonly number[] = [],
): MetricAxis {
  const values = attempts.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const [low, high] = fences([...values, ...more.filter(Number.isFinite)], maximize);
  const isShare = /accuracy|precision|recall|f1|auc|score/i.test(metric) && low >= 0 && high <= 1;
  const scale = scaleLinear([low, high], [0, 1]).nice(6);
  const [first, last] = scale.domain();
  const axis = scaleLinear(isShare ? [Math.max(0, first), Math.min(1, last)] : [first, last], [0, 1]);
  const ticks = axis.ticks(6);
  const decimals = ticks.every((tick) => Number.isInteger(Math.round(tick * 1e6) / 1e4)) ? 0 : 1;
  return {
    ...axisOf(axis, ticks, isShare ? (value) => percent(value, decimals) : shortNumber),
    beyond: values.filter((value) => value < axis.domain()[0] || value > axis.domain()[1]).length,
    worst: maximize ? 0 : 1,
    text: isShare ? (value) => percent(value) : shortNumber,
  };
}

/** The range of values without bad ones that are three times the middle half's range away from it. */
function fences(values: readonly number[], maximize: boolean): [low: number, high: number] {
  if (values.length === 0) return [0, 1];
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))];
  const room = 3 * (at(0.75) - at(0.25));
  const isNear = (value: number) => (maximize ? value >= at(0.25) - room : value <= at(0.75) + room);
  const inside = room > 0 ? sorted.filter(isNear) : sorted;
  const [low, high] = [inside[0], inside[inside.length - 1]];
  return low === high ? [low - (Math.abs(low) || 1) / 100, high + (Math.abs(high) || 1) / 100] : [low, high];
}
