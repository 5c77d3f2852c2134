import { argmax } from "../numeric/argmax.ts";
import type { Dataset } from "./dataset.ts";

/** The parts of a data set that say what its images should be answered with. */
export type Targets = Pick<Dataset, "labels" | "targets" | "classes">;

/** The class of an image: its label, or the first of the largest among its targets. */
export function classOf({ labels, targets, classes }: Targets, index: number): number {
  if (labels !== undefined) return labels[index];
  return targets === undefined ? 0 : argmax(targets, index * classes, classes);
}
