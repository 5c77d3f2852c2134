import type { EngineName } from "../engine/engine-names.ts";
import { Network } from "../model/network.ts";
import { permutation, RandomStream } from "../numeric/random.ts";
import type { Recipe } from "../recipes/recipe.ts";
import type { BenchContext } from "./kernel-bench.ts";
import { createSubject, operationsPerImage, type Subject } from "./network-subject.ts";
import { engineOptions } from "./setting.ts";
import { type Timing, timeInTurns } from "./timing.ts";

/** The work that is timed: whole training steps, or forward passes. */
export const MODES = ["train", "infer"] as const;
export type BenchMode = (typeof MODES)[number];

/** A network at a batch size on a setting. */
export interface NetworkRow {
  readonly net: string;
  readonly batch: number;
  readonly engine: EngineName;
  readonly threads: number;
  /** The setting of threads that was asked for. */
  readonly threadsAsked: number | "auto";
  readonly mode: BenchMode;
  readonly imagesPerSecond: number;
  readonly gflops: number;
  /** The highest rate of multiply-adds in registers on as many threads that this run has measured. */
  readonly peakGflops: number;
  /** Timing of one batch. */
  readonly timing: Timing;
}

/**
 * Times a network on all settings in turns. A run is all work of a batch: gathering and scaling its images, and the
 * step or the forward pass. The network must have been checked before.
 *
 * @param onRows called with the rows of each mode as soon as they are known
 */
export async function benchNetwork(
  recipe: Recipe,
  batch: number,
  modes: readonly BenchMode[],
  { peaks, settings, signal }: BenchContext,
  onRows: (rows: readonly NetworkRow[]) => void,
): Promise<void> {
  const subject = createSubject(recipe, batch);
  const networks: Network[] = [];
  try {
    for (const { setting } of peaks) {
      networks.push(await Network.create(subject.architecture, { ...subject.options, ...engineOptions(setting) }));
    }
    for (const mode of modes) onRows(await benchMode(mode));
  } finally {
    for (const network of networks) network.dispose();
  }

  async function benchMode(mode: BenchMode): Promise<NetworkRow[]> {
    const operations = operationsPerImage(subject.architecture, mode) * batch;
    const runs = networks.map((network) => batchRun(network, subject, mode));
    const timings = await timeInTurns([...runs, ...peaks.map(({ run }) => run)], settings, signal);
    return peaks.map((peak, i) => ({
      net: recipe.name,
      batch,
      engine: peak.setting.engine,
      threads: networks[i].engine.threads,
      threadsAsked: peak.setting.threads,
      mode,
      imagesPerSecond: batch / timings[i].median,
      gflops: operations / timings[i].median / 1e9,
      peakGflops: peak.note(timings[peaks.length + i]),
      timing: timings[i],
    }));
  }
}

/** Takes one batch after the other, in random order as training does. */
function batchRun(network: Network, { data }: Subject, mode: BenchMode): () => void {
  const batch = network.batchSize;
  const order = permutation(Math.max(data.length, batch), RandomStream.from(1, "bench order"));
  const indices = order.map((index) => index % data.length);
  let begin = 0;
  let step = 0;
  return () => {
    network.stageImages(data.images, batch, begin, indices);
    if (mode === "train") {
      network.stageTargets(data, batch, begin, indices);
      step++;
      // At a rate of 0 all is computed and the weights stay: a network that has learned its few images by heart would
      // have vanishing gradients, on which processors are slow.
      network.trainStep(batch, step, 0, false);
    } else {
      network.evaluate(batch, "inference", false);
    }
    begin = begin + 2 * batch > indices.length ? 0 : begin + batch;
  };
}
