import type { Dataset } from "../../data/dataset.ts";
import { readBatches } from "../../data/read-batches.ts";
import { lookEvery, patienceOfHost, Watchdog } from "../../engine/threads/watchdog.ts";
import { compileKernels } from "../../engine/wasm.ts";
import { decodeError } from "../../error-records.ts";
import { HostError, InputRangeError, InputTypeError, isInputError, reasonOf, retold } from "../../errors.ts";
import type { Network } from "../../model/network.ts";
import { isFloat32Array } from "../../numeric/array-kinds.ts";
import { type Stepper, stageBatch, summed } from "../../training/batch.ts";
import type { DistributionStrategy } from "../../training/distribution-strategy.ts";
import { evaluateImages } from "../../training/evaluate-images.ts";
import type { EvaluateOptions, Evaluation, Evaluator } from "../../training/evaluation.ts";
import { share } from "../../training/metrics.ts";
import { Exchange } from "./exchange.ts";
import { Member } from "./member.ts";
import { isReplicaAnswer, type ReplicaState } from "./messages.ts";
import { copyPart } from "./part-data.ts";
import { largestPart, partsOf } from "./parts.ts";
import { shareStep } from "./shared-step.ts";
import { copyState } from "./state.ts";

/** Images that a replica evaluates at a time, which limits the memory of messages to a few megabytes. */
const EVALUATED = 512;

/** Advice about a lost replica. */
const REMEDY = "compile the model again to go on";

/** The error of calls after `dispose`. */
const DISPOSED = new InputRangeError("replicas", "some in use", "those that were disposed of", "wrong-time");

/**
 * Copies of a network in workers with memories of their own, each of which trains on a part of every batch. Gradients
 * are added up at each step, so that all make the same update and stay the same, bit for bit.
 *
 * The network itself is the leader and takes the first part. Evaluations are shared too; checkpoints and averages are
 * the leader's alone. Changes of the leader from outside reach the others before their next work.
 *
 * @example
 * const group = await ReplicaGroup.start(model.network, model.seed, 2);
 * for await (const event of model.trainer(data).run(group)) console.log(event);
 * group.dispose();
 */
export class ReplicaGroup implements DistributionStrategy {
  readonly #network: Network;
  readonly #patience: number;
  readonly #members: readonly Member[];
  readonly #exchange: Exchange;
  #failure: Error | undefined;
  #remedy: string | undefined;
  /** Ends the wait for others. */
  #interrupt: ((error: Error) => void) | undefined;
  /** The version of the leader's state that the others have. */
  #version: number | undefined;
  /** Number of messages that came in so far. */
  #signs = 0;

  private constructor(network: Network, replicas: number) {
    this.#network = network;
    this.#patience = patienceOfHost();
    this.#members = Array.from({ length: replicas - 1 }, () => new Member());
    this.#exchange = new Exchange(network, 0, [undefined, ...this.#members.map(({ link }) => link)]);
  }

  /**
   * Starts `replicas - 1` workers with copies of the network.
   *
   * @param network has an optimizer, and a loss that its JSON describes completely
   * @param seed the model's
   * @throws TypeError, RangeError if the network cannot be copied
   * @throws HostError if a worker does not start
   */
  static async start(network: Network, seed: number, replicas: number): Promise<ReplicaGroup> {
    const { architecture, loss, optimizer } = network;
    if (loss === undefined || optimizer === undefined) {
      throw new InputTypeError("replicas", "a model compiled with a loss and an optimizer", "none", "wrong-time");
    }
    const { name: engine, heap } = network.engine;
    if (!isFloat32Array(heap)) throw new InputRangeError("replicas", "float32", "float64", "contradiction");
    const { extra } = network;
    const kernels = engine === "js" ? undefined : { engine, modules: await compileKernels({ engine, extra }) };
    const batchSize = largestPart(network.batchSize, replicas);
    const common = { replicas, loss: loss.config, optimizer: optimizer.config, seed, batchSize, engine, kernels };
    const json = architecture.toJson();
    const group = new ReplicaGroup(network, replicas);
    try {
      group.#startMembers();
    } catch (error) {
      group.dispose();
      throw new HostError("replicas", `a worker did not start: ${reasonOf(error)}`, "no-worker", { cause: error });
    }
    const mesh = meshOf(replicas);
    const answers = group.#members.map((member, i) => {
      const index = i + 1;
      const ports = mesh[index];
      const start = { type: "replica", index, architecture: json, ports, ...common } as const;
      return member.ask(
        start,
        ports.flatMap((port) => port ?? []),
      );
    });
    await group.#waitFor(Promise.all(answers), 0);
    group.#remedy = REMEDY;
    return group;
  }

  /** Number of replicas, the leader included. */
  get replicas(): number {
    return this.#members.length + 1;
  }

  /**
   * The step of all together. It fails if a replica does or is lost, and so does every one after that; the leader's weights
   * are then those from before the step.
   */
  readonly step: Stepper = async (batch) => {
    this.#expectUse();
    const network = this.#network;
    const { step, learningRate, images: counting, writeTransforms, count } = batch;
    const images = batch.indices.length;
    const counted = count !== undefined;
    const [own, ...others] = partsOf(images, this.replicas);
    const began = performance.now();
    this.#synchronize();
    others.forEach((bounds, i) => {
      const member = this.#members[i];
      const part = bounds.end > bounds.begin ? copyPart(batch, bounds, member.spare) : undefined;
      if (part !== undefined) member.spare = undefined;
      member.post({ type: "step", step, learningRate, images, counting, part, counted }, part && [part.pixels.buffer]);
    });
    stageBatch(network, batch, own.end);
    const part = {
      ...own,
      augmented: writeTransforms !== undefined,
      summed: summed(network, batch, own.end),
      spare: undefined,
    };
    const work = shareStep(network, this.#exchange, { step, learningRate, images }, part);
    const { spares, statistics: _, ...sums } = await this.#waitFor(work, performance.now() - began);
    this.#members.forEach((member, i) => {
      member.spare = spares[i + 1] ?? member.spare;
    });
    return sums;
  };

  /**
   * The network's own evaluation, but for the order of sums. When results of each image are wanted, or statistics are
   * those of the batch, and after a failure, the network does it alone.
   */
  readonly evaluate: Evaluator = async (data, indices, options) => {
    if (
      this.#failure !== undefined ||
      options.onBatch !== undefined ||
      options.metrics !== undefined ||
      options.batchStatistics === true
    ) {
      return evaluateImages(this.#network, data, indices, options);
    }
    const images = indices?.length ?? data.length;
    const most = EVALUATED * this.replicas;
    const evaluations: Evaluation[] = [];
    const read = readBatches(data, indices, most);
    for (let done = 0; done < images; done += most) {
      const n = Math.min(most, images - done);
      const { begin, ...held } = await read(done, n);
      const chosen = held.indices?.subarray(begin, begin + n) ?? Uint32Array.from({ length: n }, (_, i) => begin + i);
      evaluations.push(...(await this.#evaluateParts(held.data, chosen, options)));
    }
    return meanOf(evaluations);
  };

  async #evaluateParts(data: Dataset, indices: Uint32Array, options: EvaluateOptions): Promise<readonly Evaluation[]> {
    this.#synchronize();
    const [own, ...others] = partsOf(indices.length, this.replicas);
    const { testTimeAugmentation } = options;
    const settings = testTimeAugmentation === undefined ? {} : { testTimeAugmentation };
    const { sampleWeight } = data;
    const evaluated = {
      weights: sampleWeight && Float64Array.from(indices, (i) => sampleWeight[i]),
      softTargets: undefined,
    };
    const began = performance.now();
    const answers = others.flatMap((bounds, i) => {
      if (bounds.end === bounds.begin) return [];
      const part = copyPart({ ...evaluated, data, indices, writeTransforms: undefined }, bounds, undefined);
      return this.#members[i].ask({ type: "evaluate", part, settings }, [part.pixels.buffer]);
    });
    const work = evaluateImages(this.#network, data, indices.subarray(0, own.end), options);
    const [mine] = await Promise.allSettled([work]);
    // Also where the signal ended the leader's part: the others are free for other work only once they have answered.
    const theirs = await this.#waitFor(Promise.all(answers), performance.now() - began);
    if (mine.status === "rejected") throw mine.reason;
    return [mine.value, ...theirs.flatMap((answer) => (answer.type === "evaluated" ? answer.evaluation : []))];
  }

  /** The numbers that training changes, of every replica, the leader's first: the same for all, bit for bit. */
  async states(): Promise<readonly ReplicaState[]> {
    this.#expectUse();
    this.#synchronize();
    const answers = await this.#waitFor(Promise.all(this.#members.map((member) => member.ask({ type: "ask" }))), 0);
    return [copyState(this.#network), ...answers.filter((answer) => answer.type === "state")];
  }

  /** Ends the workers; a step under way fails. */
  dispose(): void {
    this.#fail(DISPOSED);
  }

  #startMembers(): void {
    this.#members.forEach((member, i) => {
      const name = `replica ${i + 1}`;
      member.start({
        onMessage: (message) => {
          this.#signs++;
          if (!isReplicaAnswer(message)) return;
          if (message.type !== "failed") return member.hear(message);
          const cause = decodeError(message.error);
          this.#lose(`${name} failed: ${cause.message}`, cause);
        },
        onEnd: (reason) => this.#lose(`${name} is lost: ${reason}`),
      });
    });
  }

  /** Sends the others the leader's weights and numbers, if they changed. */
  #synchronize(): void {
    const { version } = this.#network;
    if (version === this.#version) return;
    for (const member of this.#members) {
      const state = copyState(this.#network);
      member.post(
        state,
        state.values.map(({ buffer }) => buffer),
      );
    }
    this.#version = version;
  }

  #expectUse(): void {
    if (this.#failure !== undefined) throw again(this.#failure);
  }

  /**
   * Waits for the work of the others, as long as they send messages.
   *
   * @param own milliseconds that the leader needed for its own part
   */
  async #waitFor<T>(work: Promise<T>, own: number): Promise<T> {
    const watchdog = new Watchdog(this.#signs);
    const look = () => {
      if (watchdog.isLost(this.#signs)) this.#lose(`${this.#late()} does not answer`);
    };
    const timer = setInterval(look, lookEvery(this.#patience, own));
    try {
      return await new Promise((resolve, reject) => {
        this.#interrupt = reject;
        work.then(resolve, reject);
        this.#expectUse();
      });
    } catch (error) {
      // After any error the others may not be in the same state as the leader.
      this.#fail(error instanceof Error ? error : new Error(reasonOf(error)));
      throw error;
    } finally {
      clearInterval(timer);
      this.#interrupt = undefined;
    }
  }

  #late(): string {
    const late = this.#members.flatMap(({ isLate }, i) => (isLate ? [i + 1] : []));
    return late.length > 0 ? `replica ${late.join(", ")}` : "a replica";
  }

  #lose(problem: string, cause?: Error): void {
    this.#fail(new HostError("replicas", problem, "lost-worker", { advice: this.#remedy, cause }));
  }

  #fail(failure: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    for (const member of this.#members) member.end();
    this.#interrupt?.(again(failure));
  }
}

/** The error of a call that meets a failure from before it. */
function again(failure: Error): Error {
  return isInputError(failure) || failure instanceof HostError ? retold(failure, {}) : failure;
}

/** Ports between the replicas but the leader: `[i][j]` is the one of i to j. */
function meshOf(replicas: number): readonly (readonly (MessagePort | undefined)[])[] {
  const ports = Array.from({ length: replicas }, () =>
    Array.from({ length: replicas }, (): MessagePort | undefined => undefined),
  );
  for (let i = 1; i < replicas; i++) {
    for (let j = i + 1; j < replicas; j++) {
      const { port1, port2 } = new MessageChannel();
      ports[i][j] = port1;
      ports[j][i] = port2;
    }
  }
  return ports;
}

/** Means over all images from those over parts. */
function meanOf(evaluations: readonly Evaluation[]): Evaluation {
  let images = 0;
  let loss = 0;
  let correct = 0;
  for (const part of evaluations) {
    images += part.images;
    loss += part.loss * part.images;
    correct += Math.round(part.accuracy * part.images);
  }
  return { loss: share(loss, images), accuracy: share(correct, images), images };
}
