import { loss, percent } from "../format.ts";
import { type Spread, spreadOf, spreadText } from "../spread.ts";
import type { RunFigures } from "./figures.ts";

/** Means and deviations of the figures of runs that differ in their seeds alone; null for figures that none has. */
export type Means = Readonly<Record<(typeof FIGURES)[number], Spread | null>>;

const FIGURES = [
  "valLoss",
  "valAccuracy",
  "testLoss",
  "testAccuracy",
  "seconds",
] as const satisfies readonly (keyof RunFigures)[];

/** The means of runs. */
export function meansOf(runs: readonly RunFigures[]): Means {
  const over = (figure: (typeof FIGURES)[number]) => spreadOf(runs.map((run) => run[figure]));
  return {
    valLoss: over("valLoss"),
    valAccuracy: over("valAccuracy"),
    testLoss: over("testLoss"),
    testAccuracy: over("testAccuracy"),
    seconds: over("seconds"),
  };
}

/** Means as text, such as "test accuracy 98.25 % ± 0.12 %, loss 0.0585 ± 0.0021", validation first. */
export function meansText({ valLoss, valAccuracy, testLoss, testAccuracy }: Means): string {
  const part = (name: string, accuracy: Spread | null, losses: Spread | null) => [
    ...(accuracy === null ? [] : [`${name} accuracy ${spreadText(accuracy, percent)}`]),
    ...(losses === null ? [] : [`${accuracy === null ? `${name} ` : ""}loss ${spreadText(losses, loss)}`]),
  ];
  return [...part("validation", valAccuracy, valLoss), ...part("test", testAccuracy, testLoss)].join(", ");
}
