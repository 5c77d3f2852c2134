import type { ReplicaGroup as Group } from "./group.ts";

/** Stands in place of `group.ts` where `choice.none.ts` lets nobody start replicas. */
export const ReplicaGroup = {
  start(): Promise<Group> {
    throw new Error("expected no replicas in this build, got some");
  },
};
