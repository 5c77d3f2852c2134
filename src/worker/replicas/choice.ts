import type { EngineName } from "../../engine/engine-names.ts";
import { coreCount, threadsObstacle } from "../../engine/threads/source.ts";
import { InputRangeError, InputTypeError } from "../../errors.ts";
import type { Network } from "../../model/network.ts";
import { isFloat32Array } from "../../numeric/array-kinds.ts";

/** Most replicas with `auto`. */
const AUTO_MOST = 8;

/** Fewest images of each replica with `auto`. */
const FEWEST = 2;

/** Fewest images of each replica of a network with batch normalisation with `auto`: statistics of fewer are mostly noise. */
const FEWEST_NORMALIZED = 16;

/** Most replicas that may be asked for. */
const MOST = 64;

/** Ratio of the multiply-adds of a training step to those of its forward pass, roughly. */
const PASSES = 3;

/** Multiply-adds per millisecond of training on one core, roughly. */
const SPEED: Readonly<Record<EngineName, number>> = { js: 0.7e6, simd: 20e6, relaxed: 30e6, wide: 40e6 };

/** Milliseconds that messages take in a step of two replicas. */
const MESSAGES = 0.4;

/** Milliseconds that messages take in addition for each replica beyond two. */
const MORE_MESSAGES = 0.12;

/** Milliseconds of each replica's work for every weight, whatever its part: packing, exchange, update. */
const PER_WEIGHT = 3e-6;

/** Share of the time that more replicas must save to be taken. */
const MARGIN = 0.1;

/** Number of a network's replicas. */
export interface ReplicaChoice {
  readonly replicas: number;
  /** Advice to make it faster. */
  readonly reason: string | undefined;
}

/**
 * Chooses the number of replicas.
 *
 * `auto` follows from the network, the batch and the number of cores alone, not from measurement: other numbers sum in
 * another order, and a run should repeat on its machine.
 *
 * @param wanted a number; or `"auto"`, for hosts where memory cannot be shared: as many as should be fastest, up to the
 *   number of cores and 8
 * @throws TypeError, RangeError for a number that is not possible, or more than one together with threads
 */
export function chooseReplicas(wanted: number | "auto", network: Network): ReplicaChoice {
  if (wanted !== "auto" && typeof wanted !== "number") {
    throw new InputTypeError("replicas", "a number or auto", typeof wanted);
  }
  if (wanted !== "auto" && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST)) {
    throw new InputRangeError("replicas", `auto or a whole number from 1 to ${MOST}`, `${wanted}`);
  }
  const { threads, reason, name: engine } = network.engine;
  if (wanted === 1 || (wanted === "auto" && threads > 1)) return { replicas: 1, reason };
  if (threads > 1)
    throw new InputRangeError("replicas", `1 or auto beside ${threads} threads`, `${wanted}`, "contradiction");
  const obstacle = engine === "js" ? "the js engine has one thread" : threadsObstacle();
  const replicas = wanted === "auto" ? (obstacle === undefined ? 1 : fastest(network)) : wanted;
  if (replicas === 1) return { replicas, reason: obstacle ?? reason };
  return {
    replicas,
    reason:
      obstacle === undefined
        ? `${replicas} workers exchange gradients; threads would be faster`
        : `${obstacle}; so ${replicas} workers exchange gradients`,
  };
}

/** The number of replicas that should be fastest. */
function fastest(network: Network): number {
  const { architecture, batchSize, engine, optimizer, parameters } = network;
  if (optimizer === undefined || !isFloat32Array(engine.heap)) return 1;
  const work = (PASSES * architecture.multiplyAdds() * batchSize) / SPEED[engine.name];
  const weights = PER_WEIGHT * parameters.gradients.count;
  const fewest = parameters.statistics.count > 0 ? FEWEST_NORMALIZED : FEWEST;
  const most = Math.min(coreCount(), AUTO_MOST, Math.floor(batchSize / fewest));
  let best = 1;
  let least = work;
  for (let replicas = 2; replicas <= most; replicas++) {
    const time = work / replicas + weights + MESSAGES + MORE_MESSAGES * (replicas - 2);
    if (time > least * (1 - MARGIN)) continue;
    best = replicas;
    least = time;
  }
  return best;
}
