/**
 * Threads of a browser's workers, as the system lists them.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";

/**
 * Nanoseconds of processor time of each worker of the browsers that this process has started, by thread. Linux only.
 */
export function workerProcessorTimes(): number[] {
  return descendants("self").flatMap((pid) =>
    threadsOf(pid)
      .filter((folder) => read(`${folder}/comm`).startsWith("DedicatedWorker"))
      .map((folder) => Number(read(`${folder}/schedstat`).split(" ")[0])),
  );
}

/** Processes that a process has started, and those that they have. */
function descendants(pid: string): string[] {
  const children = threadsOf(pid).flatMap((folder) => read(`${folder}/children`).split(" "));
  return children.filter((child) => child !== "").flatMap((child) => [child, ...descendants(child)]);
}

// Processes and threads may end while they are looked at.

function threadsOf(pid: string): string[] {
  const folder = `/proc/${pid}/task`;
  try {
    return readdirSync(folder).map((thread) => `${folder}/${thread}`);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
