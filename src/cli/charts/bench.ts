/**
 * Measured speeds as bars, as SVG.
 *
 * @module
 */

import { scaleLinear } from "d3-scale";
import type { KernelRow } from "../../bench/kernel-bench.ts";
import type { NetworkRow } from "../../bench/network-bench.ts";
import { settingName } from "../../bench/setting.ts";
import type { EngineName } from "../../engine/engine-names.ts";
import { element, escapeXml } from "../../markup.ts";
import { gflopsText, timesJsText } from "../bench/report.ts";
import { count } from "../format.ts";
import { BLUE, GRID, INK, label, MIDDLE, MUTED, ORANGE, rule, shifted, svgDocument } from "./svg.ts";

/** Bluish green and reddish purple of Okabe and Ito (2008). */
const GREEN = "#009e73";
const PURPLE = "#cc79a7";
const COLORS: Readonly<Record<EngineName, string>> = { js: ORANGE, simd: BLUE, relaxed: GREEN, wide: PURPLE };

/** Room for names: their width in the font's usual proportions, and what stays free beside them. */
const CHARACTER_WIDTH = 5.8;
const MARGIN = 34;
const PLOT_WIDTH = 640;
const RIGHT = 130;
const TOP = 104;
const LEGEND = 150;
const BAR = 14;
const GAP = 12;

/** Bars of one network or kernel. */
interface Group {
  readonly name: string;
  readonly bars: readonly Bar[];
}

interface Bar {
  readonly engine: EngineName;
  readonly threadsAsked: number | "auto";
  readonly gflops: number;
  readonly peakGflops: number;
  /** Text beside the bar: its length as a number. */
  readonly note: string;
  /** Text of the tooltip, with details that have no room in the chart. */
  readonly more?: string;
}

function addTo(groups: Map<string, Bar[]>, name: string, bar: Bar): void {
  groups.set(name, [...(groups.get(name) ?? []), bar]);
}

function groupsOf(networks: readonly NetworkRow[], kernels: readonly KernelRow[]): Group[] {
  const groups = new Map<string, Bar[]>();
  for (const row of networks) {
    const mode = row.mode === "train" ? "training" : "inference";
    const times = row.engine === "js" ? "" : timesJsText(row, networks);
    addTo(groups, `${row.net}, ${mode}, batch ${row.batch}`, {
      ...row,
      note: `${gflopsText(row.gflops)}${times === "" ? "" : `, ${times} x js`}`,
      more: `${count(row.imagesPerSecond)} images/s`,
    });
  }
  for (const row of kernels) {
    // This axis has no meaning for kernels that only move data, or are bound by memory.
    if (row.multiplies) addTo(groups, `${row.kernel}, ${row.shape}`, { ...row, note: gflopsText(row.gflops) });
  }
  return [...groups].map(([name, bars]) => ({ name, bars }));
}

function barName({ engine, threadsAsked }: Bar): string {
  return settingName({ engine, threads: threadsAsked });
}

/** Each engine has its colour, paler on several threads. */
function lookOf({ engine, threadsAsked }: Bar) {
  return { fill: COLORS[engine], ...(threadsAsked !== 1 && { "fill-opacity": 0.55 }) };
}

function heightOf({ bars }: Group): number {
  return bars.length * BAR + GAP;
}

function drawGroup({ name, bars }: Group, x: (value: number) => number): string[] {
  const middle = (bars.length * BAR) / 2;
  const parts = [label(-10, middle, name, { fill: INK, "text-anchor": "end", dy: MIDDLE, "font-size": 11 })];
  for (const [i, bar] of bars.entries()) {
    const { engine, gflops, peakGflops, note, more } = bar;
    const y = i * BAR;
    const tip = `${name}, ${barName(bar)}: ${gflops.toFixed(2)} GFLOP/s of ${peakGflops.toFixed(1)}${more === undefined ? "" : `; ${more}`}`;
    const box = { x: 0, y: y + 1, width: Math.max(x(gflops), 1), height: BAR - 2, ...lookOf(bar) };
    parts.push(element("rect", box, [element("title", {}, [escapeXml(tip)])]));
    parts.push(
      element("line", {
        x1: x(peakGflops),
        y1: y,
        x2: x(peakGflops),
        y2: y + BAR,
        stroke: COLORS[engine],
        "stroke-width": 2,
      }),
    );
    const beside = x(gflops) + 6;
    // A white rim keeps the note readable where it crosses a mark.
    const rim = { stroke: "#ffffff", "stroke-width": 3, "paint-order": "stroke" };
    parts.push(label(beside, y + BAR / 2, note, { dy: MIDDLE, "font-size": 11, ...rim }));
  }
  return parts;
}

/**
 * A bar for each engine's GFLOP/s, its register-only peak as a mark on the same line; beside it the number, and how many times as
 * fast as plain JavaScript that is. Images/s, whose bars would have another length for each network, are told where one points at.
 *
 * @example
 * await writeFileAtomic("bench.svg", benchChart(networks, [], { machine: "AMD EPYC, 2 cores, Node 24.1.0" }));
 */
export function benchChart(
  networks: readonly NetworkRow[],
  kernels: readonly KernelRow[],
  { title = "Speed by engine", machine }: { readonly title?: string | undefined; readonly machine: string },
): string {
  const groups = groupsOf(networks, kernels);
  const bars = groups.flatMap((group) => group.bars);
  const most = Math.max(1, ...bars.map(({ gflops, peakGflops }) => Math.max(gflops, peakGflops)));
  const x = scaleLinear([0, most], [0, PLOT_WIDTH]).nice();
  const height = groups.reduce((sum, group) => sum + heightOf(group), 0);
  const ticks = x
    .ticks(6)
    .flatMap((value) => [
      rule(x(value), 0, x(value), height, GRID),
      label(x(value), height + 18, String(value), { "text-anchor": "middle" }),
    ]);
  const left = MARGIN + CHARACTER_WIDTH * Math.max(20, ...groups.map(({ name }) => name.length));
  const kinds = [...new Map(bars.map((bar) => [barName(bar), bar]))];
  const legend = kinds.flatMap(([name, bar], i) => [
    element("rect", { x: i * LEGEND, y: -26, width: 12, height: 12, ...lookOf(bar) }),
    label(i * LEGEND + 18, -20, name, { dy: MIDDLE }),
  ]);
  legend.push(label(0, -44, `${machine}; marks: peak of multiply-adds in registers`, { dy: MIDDLE, fill: MUTED }));
  let y = 0;
  const drawn = groups.map((group) => {
    const part = shifted(0, y, drawGroup(group, x));
    y += heightOf(group);
    return part;
  });
  const axis = label(PLOT_WIDTH / 2, height + 40, "GFLOP/s", { "text-anchor": "middle", fill: MUTED });
  const content = shifted(left, TOP, [...legend, ...ticks, ...drawn, axis]);
  const width = Math.max(
    left + Math.max(PLOT_WIDTH, kinds.length * LEGEND),
    CHARACTER_WIDTH * 1.6 * title.length - RIGHT,
  );
  return svgDocument(width + RIGHT, TOP + height + 60, title, [content]);
}
