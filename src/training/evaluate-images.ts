import { classOf } from "../data/class-of.ts";
import type { AnyDataset } from "../data/dataset.ts";
import { TimeSlice } from "../event-loop.ts";
import type { Network } from "../model/network.ts";
import { answersOf } from "./answers.ts";
import { checkedBatches } from "./checked-batches.ts";
import { MEAN_AVERAGE_PRECISION } from "./chosen-metrics.ts";
import type { EvaluateOptions, Evaluation } from "./evaluation.ts";
import { addCounts, countPredictions, type MetricCounts } from "./metric-counts.ts";
import { metricsOf } from "./metric-figures.ts";
import { share } from "./metrics.ts";
import { predictorOf } from "./predictors.ts";
import { RankedLabels } from "./ranked-labels.ts";

/** Loss and accuracy over some of the images, or undefined for all; data and options were checked. */
export async function evaluateImages(
  network: Network,
  all: AnyDataset,
  chosen: Uint32Array | undefined,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const images = chosen?.length ?? all.length;
  const predict = predictorOf(network, options);
  const read = checkedBatches(network, all, chosen);
  const slice = new TimeSlice();
  const { metrics: names = [] } = options;
  let counts: MetricCounts | undefined;
  const ranked = names.includes(MEAN_AVERAGE_PRECISION)
    ? new RankedLabels(images, network.architecture.outputs)
    : undefined;
  const ignored = network.loss?.ignoreIndex;
  const takesClasses = network.loss?.classes === true;
  let loss = 0;
  let correct = 0;
  let counting = 0;
  for (let done = 0; done < images; done += network.batchSize) {
    options.signal?.throwIfAborted();
    const count = Math.min(network.batchSize, images - done);
    const held = read(done, count);
    const { data, indices, begin } = held instanceof Promise ? await held : held;
    network.stageTargets(data, count, begin, indices);
    const [scores] = predict.run(data.images, count, begin, indices, true);
    for (let i = 0; i < count; i++) {
      const index = indices?.[begin + i] ?? begin + i;
      if (ignored !== undefined && classOf(data, index) === ignored) continue;
      const weight = data.sampleWeight?.[index] ?? 1;
      // The loss of an image that does not count may be infinite.
      if (weight !== 0) loss += weight * predict.losses[i];
      correct += predict.correct(data, index, i);
      counting++;
    }
    if (names.length > 0) {
      const answers = answersOf(data, network.loss, count, begin, indices);
      if (ranked !== undefined && answers.targets !== undefined) ranked.add(scores, answers.targets);
      counts = addCounts(counts, countPredictions(scores, answers, count, network.architecture.outputs, ignored));
    }
    const labels = chosen === undefined ? data.labels?.subarray(begin, begin + count) : undefined;
    options.onBatch?.({ begin: done, count, scores, labels, losses: predict.losses.subarray(0, count) });
    await slice.yieldIfOver();
  }
  const accuracy = takesClasses ? share(correct, counting) : Number.NaN;
  return {
    loss: share(loss, counting),
    accuracy,
    images: counting,
    ...(counts && { metrics: metricsOf(names, counts, ranked) }),
  };
}
