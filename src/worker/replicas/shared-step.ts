import type { Network } from "../../model/network.ts";
import { type Summed, sumsOf } from "../../training/batch.ts";
import type { Contribution, Exchange, Total } from "./exchange.ts";
import type { Part } from "./parts.ts";

/** The settings of a step that all replicas share. */
export interface SharedStep {
  readonly step: number;
  readonly learningRate: number;
  /** Images of the whole batch. */
  readonly images: number;
}

/** A replica's part, whose images are staged, with its own settings. */
export interface OwnPart extends Part {
  readonly augmented: boolean;
  /** The things that the sums over its images follow from. */
  readonly summed: Summed;
  /** Memory to give back to the leader. */
  readonly spare: ArrayBuffer | undefined;
}

/**
 * A replica's side of a step: the gradients of its part, then those of all, then the update, which all replicas make.
 *
 * Until all gradients are there, the network's weights and statistics are those from before the step: calls that read
 * them meanwhile, or after a failure, find a consistent model.
 *
 * @param part undefined for a replica that gets no images this time
 */
export async function shareStep(
  network: Network,
  exchange: Exchange,
  { step, learningRate, images }: SharedStep,
  part: OwnPart | undefined,
): Promise<Total> {
  const { offset, count } = network.parameters.statistics;
  const statistics = network.view(offset, count);
  const before = statistics.slice();
  let own: Contribution | undefined;
  if (part !== undefined) {
    const { begin, end, augmented, summed, spare } = part;
    network.partialGradients(end - begin, step, augmented, begin, images);
    own = { ...sumsOf(network, end - begin, summed), statistics: Float32Array.from(statistics), spare };
    statistics.set(before);
  }
  const total = await exchange.run(images, own);
  statistics.set(total.statistics);
  network.update(step, learningRate);
  return total;
}
