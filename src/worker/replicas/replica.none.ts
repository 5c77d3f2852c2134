/** Stands in place of `replica.ts` where `choice.none.ts` lets nobody start replicas. */
export function createReplica(): (message: unknown) => void {
  throw new Error("expected no replicas in this build, got some");
}
