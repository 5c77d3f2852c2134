/**
 * The confusion matrix as a heat map, as SVG.
 *
 * @module
 */

import { scaleLinear, scaleSqrt } from "d3-scale";
import { InputRangeError } from "../../errors.ts";
import { element, escapeXml } from "../../markup.ts";
import type { ClassificationMetrics } from "../../training/metrics.ts";
import { percent } from "../format.ts";
import { BLUE, GRID, INK, label, MIDDLE, ORANGE, shifted, svgDocument } from "./svg.ts";

const MAX_SIDE = 640;
const MAX_CELL = 48;
const MIN_CELL = 2;
/** Sides of cells, in pixels, below which they have no number in them, no name beside them, or a turned percentage below. */
const MIN_CELL_WITH_COUNT = 24;
const MIN_CELL_WITH_NAME = 12;
const MIN_CELL_WITH_PERCENT = 44;
/** Share of mistakes from which on a cell has the strongest colour; a greater share in the matrix takes its place. */
const LEAST_WORST = 0.03;
const MAX_NAME = 18;
const CHARACTER_WIDTH = 6.8;
const HEADING = 64;

function shortened(name: string): string {
  const characters = [...name];
  return characters.length > MAX_NAME ? `${characters.slice(0, MAX_NAME - 1).join("")}…` : name;
}

interface Layout {
  readonly classes: number;
  readonly cell: number;
  readonly side: number;
  readonly names: readonly string[];
  readonly fontSize: number;
}

/** A rectangle for each cell that is not 0: shares of the row, mistakes against the greatest share of mistakes. */
function cells(metrics: ClassificationMetrics, layout: Layout): string[] {
  const { classes, cell, names, fontSize } = layout;
  const { confusion } = metrics;
  const rows = metrics.perClass();
  let worst = LEAST_WORST;
  for (let i = 0; i < confusion.length; i++) {
    const row = Math.floor(i / classes);
    if (i % classes !== row && confusion[i] > 0) worst = Math.max(worst, confusion[i] / rows[row].support);
  }
  const right = scaleLinear([0, 1], ["#ffffff", BLUE]);
  const wrong = scaleLinear([0, 1], ["#fff3ea", ORANGE]);
  // The root keeps rare mistakes visible beside the most frequent one.
  const strengthOfMistake = scaleSqrt([0, worst], [0, 1]);
  const parts: string[] = [];
  for (let i = 0; i < confusion.length; i++) {
    const count = confusion[i];
    if (count === 0) continue;
    const row = Math.floor(i / classes);
    const column = i % classes;
    const share = count / rows[row].support;
    const strength = row === column ? share : strengthOfMistake(share);
    const tip = `true ${names[row]}, predicted ${names[column]}: ${count} (${percent(share)} of ${names[row]})`;
    const fill = row === column ? right(strength) : wrong(strength);
    const box = { x: column * cell, y: row * cell, width: cell, height: cell, fill };
    parts.push(element("rect", box, [element("title", {}, [escapeXml(tip)])]));
    if (cell < MIN_CELL_WITH_COUNT) continue;
    const style = {
      "text-anchor": "middle",
      dy: MIDDLE,
      fill: strength > (row === column ? 0.5 : 0.8) ? "#ffffff" : INK,
    };
    const size = Math.min(fontSize, (cell - 4) / (String(count).length * 0.6));
    parts.push(
      label((column + 0.5) * cell, (row + 0.5) * cell, String(count), {
        ...style,
        "font-size": size,
        "pointer-events": "none",
      }),
    );
  }
  return parts;
}

function grid({ classes, cell, side }: Layout): string[] {
  if (cell < MIN_CELL_WITH_NAME) return [element("rect", { width: side, height: side, fill: "none", stroke: GRID })];
  const lines: string[] = [];
  for (let i = 0; i <= classes; i++) lines.push(`M0 ${i * cell}H${side}M${i * cell} 0V${side}`);
  return [element("path", { d: lines.join(""), stroke: GRID, fill: "none" })];
}

/** Every how many classes a name fits: 1, 2, 5, 10, 20 and so on. */
function nameStep(cell: number): number {
  if (cell >= MIN_CELL_WITH_NAME) return 1;
  for (let power = 1; ; power *= 10) {
    for (const step of [power, 2 * power, 5 * power]) if (step * cell >= 2 * MIN_CELL_WITH_NAME) return step;
  }
}

/** Class names to the left and on top. */
function nameLabels({ cell, names, fontSize }: Layout, upright: boolean): string[] {
  const step = nameStep(cell);
  const style = { fill: INK, "font-size": fontSize };
  return names.flatMap((full, i) => {
    if (i % step !== 0) return [];
    const middle = (i + 0.5) * cell;
    const name = shortened(full);
    const above = upright ? { "text-anchor": "middle" } : { transform: `rotate(-45 ${middle} -8)` };
    return [
      label(-8, middle, name, { ...style, dy: MIDDLE, "text-anchor": "end" }),
      label(middle, -8, name, { ...style, ...above }),
    ];
  });
}

/** Recall to the right, precision below. */
function figureLabels(metrics: ClassificationMetrics, { cell, side, fontSize }: Layout): string[] {
  if (cell < MIN_CELL_WITH_NAME) return [];
  const style = { "font-size": Math.min(fontSize, 11) };
  const head = { fill: INK, "font-size": 11, "font-weight": 600 };
  const parts = [
    label(side + 8, -8, "Recall", head),
    label(-8, side + 20, "Precision", { ...head, "text-anchor": "end" }),
  ];
  for (const [i, { precision, recall }] of metrics.perClass().entries()) {
    const middle = (i + 0.5) * cell;
    const turned = { dy: MIDDLE, "text-anchor": "end", transform: `rotate(-90 ${middle} ${side + 8})` };
    parts.push(label(side + 8, middle, percent(recall, 1), { ...style, dy: MIDDLE }));
    parts.push(
      cell >= MIN_CELL_WITH_PERCENT
        ? label(middle, side + 20, percent(precision, 1), { ...style, "text-anchor": "middle" })
        : label(middle, side + 8, percent(precision, 1), { ...style, ...turned }),
    );
  }
  return parts;
}

/**
 * A confusion matrix as an SVG file: rows are true classes, columns predictions. Blue is the share of a class that is
 * right, orange what it is taken for instead.
 *
 * @param classNames one per class; default: the numbers from 0
 * @throws RangeError if there is another number of names
 *
 * @example
 * await writeFileAtomic("run/confusion.svg", confusionMatrix(metrics, data.classNames));
 */
export function confusionMatrix(
  metrics: ClassificationMetrics,
  classNames?: readonly string[],
  title = "Confusion matrix",
): string {
  const { classes } = metrics;
  const names = classNames ?? Array.from({ length: classes }, (_, i) => String(i));
  if (names.length !== classes) {
    throw new InputRangeError("confusionMatrix", `${classes} class names`, `${names.length}`, "shape-mismatch");
  }
  const cell = Math.max(MIN_CELL, Math.min(MAX_CELL, Math.floor(MAX_SIDE / classes)));
  const side = cell * classes;
  const layout: Layout = { classes, cell, side, names, fontSize: Math.max(8, Math.min(13, cell * 0.4)) };
  const longest = names.reduce((most, name) => Math.max(most, [...shortened(name)].length), 0);
  const nameWidth = longest * CHARACTER_WIDTH * (layout.fontSize / 13) + 16;
  const upright = nameWidth - 16 < cell * nameStep(cell);
  const left = Math.max(80, 36 + nameWidth);
  const top = HEADING + 30 + (upright ? 24 : nameWidth * 0.75 + 8);
  const width = Math.max(420, left + side + 84);
  const vertical = { "text-anchor": "middle", transform: `rotate(-90 24 ${top + side / 2})` };
  const right = `${metrics.correct.toLocaleString("en")} of ${metrics.count.toLocaleString("en")} right`;
  const below = cell >= MIN_CELL_WITH_NAME && cell < MIN_CELL_WITH_PERCENT ? 72 : 48;
  const caption = "Blue: right. Orange: mistakes, darker where more frequent.";
  return svgDocument(width, top + side + below + 24, title, [
    label(24, 54, `${right}, accuracy ${percent(metrics.accuracy)}`),
    label(left + side / 2, HEADING + 18, "Predicted class", { "text-anchor": "middle" }),
    label(24, top + side / 2, "True class", vertical),
    shifted(left, top, [
      ...cells(metrics, layout),
      ...grid(layout),
      ...nameLabels(layout, upright),
      ...figureLabels(metrics, layout),
    ]),
    label(left, top + side + below, caption, { "font-size": 11 }),
  ]);
}
