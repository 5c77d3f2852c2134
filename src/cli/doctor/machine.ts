import { readFile } from "node:fs/promises";
import { arch, availableParallelism, freemem, platform, release, totalmem } from "node:os";
import { cacheFolder } from "../../node/cache-folder.ts";
import { findMnist } from "../../node/mnist.ts";
import { machineFacts } from "../machine.ts";

/** Facts of the machine and the runtime. */
export interface Machine {
  readonly node: string;
  readonly v8: string;
  readonly system: string;
  readonly cpu: string;
  readonly cores: number;
  /** Cores that this process may run on. */
  readonly usableCores: number;
  /** Cores' worth of time that a container allows; null where there is no limit. */
  readonly coreLimit: number | null;
  readonly memoryBytes: number;
  readonly freeBytes: number;
  /** Limit of a container's memory; null where there is none. */
  readonly memoryLimitBytes: number | null;
}

/** The facts about this machine. */
export async function describeMachine(): Promise<Machine> {
  const limit = process.constrainedMemory?.() ?? 0;
  return {
    ...machineFacts(),
    system: `${platform()} ${arch()}, ${release()}`,
    usableCores: availableParallelism(),
    coreLimit: await readCoreLimit(),
    memoryBytes: totalmem(),
    freeBytes: freemem(),
    memoryLimitBytes: limit > 0 && limit < totalmem() ? limit : null,
  };
}

/** A container's quota of processor time, where Linux tells: of version 2 of its control groups, else of version 1. */
async function readCoreLimit(): Promise<number | null> {
  const text = (path: string) => readFile(`/sys/fs/cgroup/${path}`, "utf8").catch(() => "");
  const [quota, period] = (await text("cpu.max")).trim().split(" ");
  if (period !== undefined) return coresOf(quota, period);
  return coresOf(await text("cpu/cpu.cfs_quota_us"), await text("cpu/cpu.cfs_period_us"));
}

function coresOf(quota: string, period: string): number | null {
  const cores = Number.parseInt(quota, 10) / Number.parseInt(period, 10);
  return cores > 0 && Number.isFinite(cores) ? cores : null;
}

/** Folder in which training finds MNIST. */
export interface DataPlace {
  /** Null where MNIST is not on this machine. */
  readonly mnist: string | null;
  /** Folder for a download. */
  readonly cache: string;
}

export async function findData(): Promise<DataPlace> {
  return { mnist: (await findMnist().catch(() => undefined)) ?? null, cache: cacheFolder() };
}
