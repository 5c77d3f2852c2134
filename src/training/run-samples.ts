import type { AnyDataset } from "../data/dataset.ts";
import { RandomStream } from "../numeric/random.ts";
import type { SampleEvaluation } from "./reports.ts";
import { drawSample } from "./sampling.ts";
import type { StatisticsImages } from "./use-average.ts";

/** The data of a run, and the seed of all draws. */
interface DrawnData {
  readonly data: AnyDataset;
  readonly seed: number;
}

/** The images of an evaluation after a step; without indices all of them. */
export function evaluatedImages(
  { data: train, seed }: DrawnData,
  validation: AnyDataset | undefined,
  { on, every, images }: SampleEvaluation,
  step: number,
) {
  const data = on === "validation" ? (validation ?? train) : train;
  const stream = RandomStream.from(seed, `evaluation/${on}/${every}`).child(step);
  const indices = images === undefined ? undefined : drawSample(data.length, Math.min(images, data.length), stream);
  return { data, indices };
}

/** Up to so many images, the same ones each time, for running statistics of averaged weights. */
export function statisticsImages({ data, seed }: DrawnData, most: number): StatisticsImages {
  const indices = drawSample(data.length, Math.min(most, data.length), RandomStream.from(seed, "statistics"));
  return { data, indices };
}
