import { classOf, type Targets } from "../data/class-of.ts";
import type { Loss } from "../model/contracts.ts";

/** The right answers for some images. */
export interface Answers {
  /** [n]: their classes, for a loss that knows classes. */
  readonly labels: ArrayLike<number> | undefined;
  /** [n, outputs]: their values, for another loss. */
  readonly targets: Float32Array | undefined;
  /** True: a target says whether an image has a label. */
  readonly areLabels?: boolean;
}

/** The answers to `n` images; image i is `indices[begin + i]`, or begin + i itself. */
export function answersOf(
  data: Targets,
  loss: Loss | undefined,
  n: number,
  begin: number,
  indices: Uint32Array | undefined,
): Answers {
  const { targets, classes } = data;
  const place = (i: number) => (indices === undefined ? begin + i : indices[begin + i]);
  if (loss?.classes === true) {
    return { labels: Uint16Array.from({ length: n }, (_, i) => classOf(data, place(i))), targets: undefined };
  }
  const areLabels = loss?.activation === "sigmoid";
  if (targets === undefined) return { labels: undefined, targets, areLabels };
  const values = new Float32Array(n * classes);
  for (let i = 0; i < n; i++) {
    values.set(targets.subarray(place(i) * classes, (place(i) + 1) * classes), i * classes);
  }
  return { labels: undefined, targets: values, areLabels };
}
