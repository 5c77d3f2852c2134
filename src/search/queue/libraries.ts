import type * as Bullmq from "bullmq";
import type * as Ioredis from "ioredis";
import { InputRangeError } from "../../errors.ts";

/** The packages of the queue. */
export interface QueueLibraries {
  readonly bullmq: typeof Bullmq;
  readonly ioredis: typeof Ioredis;
}

/**
 * Loads the packages of the queue, which only those install who use it.
 *
 * @param who the option or command that needs them
 * @throws InputRangeError with the code `missing` if they are not installed
 */
export async function queueLibraries(who: string): Promise<QueueLibraries> {
  try {
    const [bullmq, ioredis] = await Promise.all([import("bullmq"), import("ioredis")]);
    return { bullmq, ioredis };
  } catch (cause) {
    throw withoutLibraries(who, cause);
  }
}

/** The error of packages that did not load: what to install, if they are not there. */
export function withoutLibraries(who: string, cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") return cause;
  const expected = "the packages bullmq and ioredis to be installed";
  return new InputRangeError(who, expected, "none", "missing", { cause, advice: "npm install bullmq ioredis" });
}
