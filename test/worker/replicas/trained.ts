/**
 * Training runs shared by replicas, for tests.
 *
 * @module
 */

import type { Dataset } from "../../../src/data/dataset.ts";
import type { FitOptions } from "../../../src/training/fit-options.ts";
import type { History } from "../../../src/training/history.ts";
import type { Model } from "../../../src/training/model.ts";
import type { Trainer } from "../../../src/training/trainer.ts";
import { ReplicaGroup } from "../../../src/worker/replicas/group.ts";

/** Works with replicas of a compiled model, and ends them. */
export async function withGroup<T>(
  model: Model,
  replicas: number,
  work: (group: ReplicaGroup) => T | Promise<T>,
): Promise<T> {
  const group = await ReplicaGroup.start(model.network, model.seed, replicas);
  try {
    return await work(group);
  } finally {
    group.dispose();
  }
}

/** Runs a trainer to its end, or for so many events. */
export async function advance(
  trainer: Trainer,
  group: ReplicaGroup,
  events = Number.POSITIVE_INFINITY,
): Promise<History | undefined> {
  const run = trainer.run(group);
  for (let i = 0; i < events; i++) {
    const next = await run.next();
    if (next.done === true) return next.value;
  }
  trainer.network.turns.stop();
  return undefined;
}

/** Trains with replicas, one of which is the model itself. */
export function fitShared(model: Model, replicas: number, data: Dataset, options: FitOptions): Promise<unknown> {
  return withGroup(model, replicas, (group) => advance(model.trainer(data, options), group));
}
