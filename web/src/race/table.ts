import { createModel } from "convasm";
import { operationsPerImage } from "../train/figures.ts";
import { count, loss, short } from "../ui/format.ts";
import type { Race, RacePlan } from "./race.ts";

/** The race in rows of text, the head first. */
export function raceRows({ plan, contenders }: Pick<Race, "plan" | "contenders">): string[][] {
  const operations = operationsOf(plan);
  const slowest = Math.min(...contenders.map(({ imagesPerSecond }) => imagesPerSecond));
  const common = Math.min(...contenders.map(({ steps }) => steps));
  const head = ["Engine", "Images/s", "Times the slowest", "GFLOP/s", "Steps", `Loss at step ${count(common)}`];
  const rows = contenders.map(({ spec, imagesPerSecond, steps, losses }) => [
    spec.label,
    count(imagesPerSecond),
    `${short(imagesPerSecond / slowest)} ×`,
    short((imagesPerSecond * operations) / 1e9),
    count(steps),
    Number.isFinite(losses[common - 1]) ? loss(losses[common - 1]) : "diverged",
  ]);
  return [head, ...rows];
}

/** The table in Markdown, which reads as plain text too. */
export function markdown(rows: readonly (readonly string[])[], caption: string): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  const [head, ...body] = rows;
  return [line(head), rule, ...body.map(line), "", caption, ""].join("\n");
}

function operationsOf({ network: { recipe } }: RacePlan): number {
  const input = { ...recipe.input, shape: [28, 28, 1] as const };
  return operationsPerImage(createModel({ input, layers: recipe.layers(10, { shape: input.shape }) }).describe());
}
