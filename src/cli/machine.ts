import { cpus } from "node:os";

/** Facts of the machine and the runtime, without which no figures can be compared. */
export function machineFacts() {
  const processors = cpus();
  const cpu = processors[0]?.model.trim() || "unknown";
  return { cpu, cores: processors.length, node: process.versions.node, v8: process.versions.v8 };
}
