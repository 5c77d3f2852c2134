// The program of a worker that is a replica; the same in Node and in browsers.

import { adoptKernels } from "../../engine/wasm.ts";
import { encodeError } from "../../error-records.ts";
import { sizeOf } from "../../layers/shape.ts";
import { Network } from "../../model/network.ts";
import { readArchitecture } from "../../model/read-architecture.ts";
import { gradientWeights, summed } from "../../training/batch.ts";
import { evaluateImages } from "../../training/evaluate-images.ts";
import type { Evaluation } from "../../training/evaluation.ts";
import { parseLoss } from "../../training/losses.ts";
import { countPredictions } from "../../training/metric-counts.ts";
import { parseOptimizer } from "../../training/optimizers.ts";
import { withRates } from "../../training/rates.ts";
import { Exchange } from "./exchange.ts";
import { Link } from "./link.ts";
import {
  isReplicaMessage,
  type PartData,
  type ReplicaAnswer,
  type ReplicaEvaluation,
  type ReplicaMessage,
  type ReplicaStart,
  type ReplicaStep,
} from "./messages.ts";
import { partsOf } from "./parts.ts";
import { shareStep } from "./shared-step.ts";
import { copyState, putState } from "./state.ts";

/** Sends a message to the leader. */
type Answer = (message: ReplicaAnswer, transfer: Transferable[]) => void;

/** Handles the messages to a replica, the first one included; messages that need time wait for those before them. */
export function createReplica(answer: Answer): (message: unknown) => void {
  const leader = new Link(answer);
  let replica: Replica | undefined;
  let last: Promise<void> = Promise.resolve();
  const handle = async (message: ReplicaMessage): Promise<void> => {
    switch (message.type) {
      case "replica":
        replica = await Replica.create(message, leader);
        answer({ type: "ready" }, []);
        break;
      case "state":
        if (replica !== undefined) putState(replica.network, message);
        break;
      case "ask":
        if (replica !== undefined) answer(copyState(replica.network), []);
        break;
      case "step":
        await replica?.step(message);
        break;
      case "evaluate":
        if (replica !== undefined) answer({ type: "evaluated", evaluation: await replica.evaluate(message) }, []);
        break;
    }
  };
  return (message) => {
    if (!isReplicaMessage(message)) return;
    if (message.type === "share" || message.type === "sum") {
      leader.deliver(message);
    } else {
      last = last
        .then(() => handle(message))
        .catch((error) => answer({ type: "failed", error: encodeError(error) }, []));
    }
  };
}

/** A network that trains on its part of each batch. */
class Replica {
  readonly network: Network;
  readonly #index: number;
  readonly #replicas: number;
  readonly #exchange: Exchange;

  private constructor(network: Network, { index, replicas, ports }: ReplicaStart, leader: Link) {
    this.network = network;
    this.#index = index;
    this.#replicas = replicas;
    const links = ports.map((port, i) => (i === 0 ? leader : port && Link.over(port)));
    this.#exchange = new Exchange(network, index, links);
  }

  static async create(start: ReplicaStart, leader: Link): Promise<Replica> {
    const { architecture, loss, optimizer, seed, batchSize, engine, kernels } = start;
    if (kernels !== undefined) adoptKernels(kernels.engine, kernels.modules);
    const read = readArchitecture(architecture);
    const settings = { engine, batchSize, seed, loss: parseLoss(loss), optimizer: parseOptimizer(optimizer) };
    const network = await Network.create(read, await withRates(settings, read));
    return new Replica(network, start, leader);
  }

  async step(message: ReplicaStep): Promise<void> {
    const { part, images, counting, counted } = message;
    const bounds = partsOf(images, this.#replicas)[this.#index];
    if (part !== undefined) this.#stage(part, bounds.end - bounds.begin, images, counting);
    const own = part && {
      ...bounds,
      augmented: part.transforms !== undefined,
      summed: summed(
        this.network,
        { data: part, indices: undefined, weights: part.weights, count: counted ? countPredictions : undefined },
        bounds.end - bounds.begin,
      ),
      spare: part.pixels.buffer,
    };
    await shareStep(this.network, this.#exchange, message, own);
  }

  evaluate({ part, settings }: ReplicaEvaluation): Promise<Evaluation> {
    const { pixels, labels, targets, classes, weights } = part;
    const { shape } = this.network.architecture.input;
    const length = pixels.length / sizeOf(shape);
    const data = {
      name: "part",
      length,
      shape,
      images: pixels,
      labels,
      targets,
      sampleWeight: weights && Float32Array.from(weights),
      classes,
      classNames: undefined,
    };
    return evaluateImages(this.network, data, undefined, settings);
  }

  /**
   * @param images of the whole batch
   * @param counting those among them that count in the mean
   */
  #stage(part: PartData, n: number, images: number, counting: number): void {
    const { network } = this;
    const { pixels, softTargets, transforms } = part;
    network.stageImages(pixels, n, 0);
    const weights = gradientWeights({ weights: part.weights, softTargets, images: counting }, images);
    network.stageTargets(part, n, 0, undefined, { weights, softTargets });
    if (transforms !== undefined) network.transforms.set(transforms);
  }
}
