/**
 * Loss and accuracy of several runs over the epochs, over one another, as SVG.
 *
 * @module
 */

import { element } from "../../markup.ts";
import type { HistoryRow } from "../../training/history-csv.ts";
import {
  drawPanel,
  type Figure,
  HEADING,
  PANEL,
  type Panel,
  PLOT_WIDTH,
  panelsOf,
  pointsOf,
  type Series,
  TRAINING_DASH,
} from "./panel.ts";
import { BLUE, INK, label, MUTED, ORANGE, shifted, svgDocument } from "./svg.ts";

/** A run that is drawn. */
export interface ComparedRun {
  readonly name: string;
  /** More to tell of it, in fewer words than fill a line. */
  readonly note?: string;
  /** Epochs, growing. */
  readonly history: readonly HistoryRow[];
}

/** Colours of Okabe and Ito (2008), told apart with any colour vision, without their yellow, which is faint on white. */
const COLORS = [BLUE, ORANGE, "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"] as const;

/** Widths of lines, one for each round of the colours. */
const WIDTHS = [2, 4, 1] as const;

const LEGEND = { columns: 2, row: 20, letters: 60 } as const;

/**
 * Curves of runs over one another: a colour for each run, training in dashed lines, validation in solid ones. From the eighth run on
 * colours come again in lines of another width.
 *
 * @param runs at least one
 */
export function comparedCurves(runs: readonly ComparedRun[], title: string): string {
  const epochs = [...new Set(runs.flatMap(({ history }) => history.map(({ epoch }) => epoch)))].sort((a, b) => a - b);
  const panels = panelsOf((train, validation) => seriesOf(runs, train, validation));
  const top = HEADING + Math.ceil(runs.length / LEGEND.columns) * LEGEND.row;
  const drawn = panels.map((panel, i) =>
    shifted(
      i * PANEL.width + PANEL.left,
      top + PANEL.top,
      drawPanel(panel, epochs, () => heading(panel)),
    ),
  );
  const names = shifted(24, HEADING + LEGEND.row / 2, legend(runs));
  return svgDocument(LEGEND.columns * PANEL.width, top + PANEL.height, title, [names, ...drawn]);
}

function lookOf(run: number): { readonly color: string; readonly width: number } {
  return { color: COLORS[run % COLORS.length], width: WIDTHS[Math.floor(run / COLORS.length) % WIDTHS.length] };
}

function seriesOf(runs: readonly ComparedRun[], train: Figure, validation: Figure): Series[] {
  const lines = runs.flatMap(({ name, history }, i) => [
    { ...lookOf(i), name: `${name}, training`, dash: TRAINING_DASH, points: pointsOf(history, train) },
    { ...lookOf(i), name: `${name}, validation`, dash: undefined, points: pointsOf(history, validation) },
  ]);
  return lines.filter(({ points }) => points.length > 0);
}

/** The names of the runs with their lines. */
function legend(runs: readonly ComparedRun[]): string[] {
  return runs.flatMap(({ name, note = "" }, i) => {
    const { color, width } = lookOf(i);
    const x = (i % LEGEND.columns) * PANEL.width;
    const y = Math.floor(i / LEGEND.columns) * LEGEND.row;
    const line = element("line", { x1: x, y1: y, x2: x + 24, y2: y, stroke: color, "stroke-width": width });
    const all = note === "" ? name : `${name}: ${note}`;
    const text = all.length > LEGEND.letters ? `${all.slice(0, LEGEND.letters - 1)}…` : all;
    return [line, label(x + 32, y + 4, text, { fill: INK })];
  });
}

/** Title to the left, the kinds of lines that there are to the right. */
function heading({ title, series }: Panel): string[] {
  const parts = [label(0, -18, title, { fill: INK, "font-size": 14, "font-weight": 600 })];
  const kinds = [
    { name: "training", dash: TRAINING_DASH },
    { name: "validation", dash: undefined },
  ].filter(({ dash }) => series.some((line) => line.dash === dash));
  for (const [i, { name, dash }] of kinds.entries()) {
    const x = PLOT_WIDTH - (kinds.length - i) * 100;
    const line = { x1: x, y1: -22, x2: x + 24, y2: -22, stroke: MUTED, "stroke-width": 2, "stroke-dasharray": dash };
    parts.push(element("line", line), label(x + 32, -18, name));
  }
  return parts;
}
