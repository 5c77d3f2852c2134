/**
 * Loss and accuracy over the epochs, as SVG.
 *
 * @module
 */

import { element, escapeXml } from "../../markup.ts";
import type { HistoryRow } from "../../training/history-csv.ts";
import {
  drawPanel,
  type Figure,
  HEADING,
  PANEL,
  type Panel,
  PLOT_HEIGHT,
  PLOT_WIDTH,
  panelsOf,
  pointsOf,
  type Scale,
  type Series,
  TRAINING_DASH,
} from "./panel.ts";
import { BLUE, INK, label, MUTED, ORANGE, shifted, svgDocument } from "./svg.ts";

function seriesOf(history: readonly HistoryRow[], train: Figure, validation: Figure): Series[] {
  return [
    { name: "training", color: BLUE, dash: TRAINING_DASH, points: pointsOf(history, train) },
    { name: "validation", color: ORANGE, dash: undefined, points: pointsOf(history, validation) },
  ].filter(({ points }) => points.length > 0);
}

/** Title to the left, the series' colours with their last values to the right. */
function legend(panel: Panel): string[] {
  const parts = [label(0, -18, panel.title, { fill: INK, "font-size": 14, "font-weight": 600 })];
  for (const [i, { name, color, dash, points }] of panel.series.entries()) {
    const x = PLOT_WIDTH - (panel.series.length - i) * 152 + 8;
    const last = points[points.length - 1];
    const swatch = { x1: x, y1: -22, x2: x + 20, y2: -22, stroke: color, "stroke-width": 2, "stroke-dasharray": dash };
    const value = element("tspan", { fill: INK, "font-weight": 600 }, [escapeXml(panel.format(last.value))]);
    parts.push(element("line", swatch));
    parts.push(element("text", { x: x + 26, y: -18, fill: MUTED, "font-size": 12 }, [`${name} `, value]));
  }
  return parts;
}

/** A line at the best epoch, behind the curves, and its name beside it on the side with more room. */
function bestMark(epoch: number, x: Scale): string[] {
  const at = x(epoch);
  const isRight = at > PLOT_WIDTH / 2;
  const dashed = { x1: at, y1: 0, x2: at, y2: PLOT_HEIGHT, stroke: MUTED, "stroke-dasharray": "2 3" };
  const beside = { "text-anchor": isRight ? "end" : "start", "font-size": 11 };
  return [element("line", dashed), label(at + (isRight ? -6 : 6), 10, `best: epoch ${epoch}`, beside)];
}

/**
 * Loss and accuracy of training and validation over the epochs, as an SVG file. The loss axis turns logarithmic where the
 * values differ much. Without any accuracy there is only the loss; values that are not finite leave gaps.
 *
 * @param history epochs growing; may be empty
 * @param best epoch whose weights the run ends with, which is marked; undefined for none
 *
 * @example
 * await writeFileAtomic("run/curves.svg", trainingCurves(history.epochs, "mnist, default model"));
 */
export function trainingCurves(history: readonly HistoryRow[], title = "Training", best?: number): string {
  const epochs = history.map(({ epoch }) => epoch);
  const panels = panelsOf((train, validation) => seriesOf(history, train, validation));
  const drawn = panels.map((panel, i) => {
    const behind = (x: Scale) => [...(best === undefined ? [] : bestMark(best, x)), ...legend(panel)];
    return shifted(i * PANEL.width + PANEL.left, HEADING + PANEL.top, drawPanel(panel, epochs, behind));
  });
  return svgDocument(panels.length * PANEL.width, HEADING + PANEL.height, title, drawn);
}
