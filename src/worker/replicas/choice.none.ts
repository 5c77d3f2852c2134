import { notInSmallBuild } from "../../errors.ts";
import type { Network } from "../../model/network.ts";
import type { ReplicaChoice } from "./choice.ts";

const WANTED = "a build with replicas";

/** One; stands in place of `choice.ts` in the small one-file build, which has no replicas. */
export function chooseReplicas(wanted: number | "auto", { engine }: Network): ReplicaChoice {
  if (wanted !== "auto" && wanted !== 1) throw notInSmallBuild("replicas", WANTED);
  const reason =
    wanted === 1 || engine.threads > 1 ? engine.reason : `more workers take ${WANTED}, such as convasm.full.min.js`;
  return { replicas: 1, reason };
}
