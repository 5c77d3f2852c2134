import { type Spread, spreadOf, spreadText } from "../../numeric/spread.ts";
import { loss, percent } from "../format.ts";
import type { RunFigures } from "./figures.ts";

/** The parts of the images that runs are judged by, with their figures. */
const PARTS = [
  { part: "validation", accuracy: "valAccuracy", losses: "valLoss" },
  { part: "test", accuracy: "testAccuracy", losses: "testLoss" },
] as const;

type Figure = (typeof PARTS)[number]["accuracy" | "losses"];

/** Means and deviations of the figures of runs that differ in their seeds alone; null for figures that none has. */
export type Means = Readonly<Record<Figure | "seconds", Spread | null>>;

/** The means of runs. */
export function meansOf(runs: readonly RunFigures[]): Means {
  const over = (figure: Figure | "seconds") => spreadOf(runs.map((run) => run[figure]));
  return {
    valLoss: over("valLoss"),
    valAccuracy: over("valAccuracy"),
    testLoss: over("testLoss"),
    testAccuracy: over("testAccuracy"),
    seconds: over("seconds"),
  };
}

/** Means as text, such as "test accuracy 98.25 % ± 0.12 %, loss 0.0585 ± 0.0021". */
export function meansText(means: Means): string {
  return inWords((figure, write) => means[figure] && spreadText(means[figure], write));
}

/** The figures of a run as text, such as "test accuracy 98.25 %, loss 0.0585". */
export function figuresText(figures: RunFigures): string {
  return inWords((figure, write) => {
    const value = figures[figure];
    return value === undefined ? null : write(value);
  });
}

function inWords(textOf: (figure: Figure, write: (value: number) => string) => string | null): string {
  const parts = PARTS.flatMap(({ part, accuracy, losses }) => {
    const share = textOf(accuracy, (value) => percent(value));
    const mean = textOf(losses, loss);
    const known = [...(share === null ? [] : [`accuracy ${share}`]), ...(mean === null ? [] : [`loss ${mean}`])];
    return known.length === 0 ? [] : [`${part} ${known.join(", ")}`];
  });
  return parts.join("; ");
}
