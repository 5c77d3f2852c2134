import { HostError } from "../../errors.ts";
import type { Network } from "../../model/network.ts";
import type { ReplicaChoice } from "./choice.ts";

const MISSING = "a build with replicas, such as convasm.full.min.js";

/** One; stands in place of `choice.ts` in the small one-file build, which has no replicas. */
export function chooseReplicas(wanted: number | "auto", { engine }: Network): ReplicaChoice {
  if (wanted !== "auto" && wanted !== 1)
    throw new HostError("replicas", `expected ${MISSING}, got convasm.min.js`, "not-in-build");
  const reason = wanted === 1 || engine.threads > 1 ? engine.reason : `more workers take ${MISSING}`;
  return { replicas: 1, reason };
}
