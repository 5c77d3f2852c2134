import { availableParallelism, cpus, platform, release, totalmem } from "node:os";

/** A line about the machine that figures were measured on. */
export function machine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release().split("-")[0]}`,
    node: process.versions.node,
    v8: process.versions.v8,
  };
}
