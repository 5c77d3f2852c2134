/**
 * One request of a download: how it fails, and how long it may take.
 *
 * @module
 */

import { errorCode } from "./file-error.ts";

/** The failure of one request. */
export class RequestFailure extends Error {
  /** True if another request to the same mirror may succeed. */
  readonly again: boolean;

  constructor(reason: string, again: boolean) {
    super(reason);
    this.again = again;
  }
}

const NETWORK_REASONS: Readonly<Record<string, string>> = {
  EAI_AGAIN: "host name cannot be looked up",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EHOSTUNREACH: "host cannot be reached",
  ENETUNREACH: "network cannot be reached",
  ENOTFOUND: "host not found",
  ETIMEDOUT: "connection timed out",
};

/** The system's reason, which stands inside fetch's own "fetch failed". */
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error.cause instanceof Error ? error.cause : error;
  return NETWORK_REASONS[errorCode(inner) ?? ""] ?? (inner.message || error.message);
}

/** The host of an address, for messages. */
export function mirrorName(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** An abort signal that fires when a time passes without {@link Stopwatch.restart}, or when the caller's signal aborts. */
export class Stopwatch {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(outer: AbortSignal | undefined) {
    this.signal = outer === undefined ? this.controller.signal : AbortSignal.any([outer, this.controller.signal]);
  }

  restart(milliseconds: number, what: string): void {
    this.stop();
    const reason = new RequestFailure(`${what} within ${milliseconds / 1000} s`, what !== "no answer");
    this.timer = setTimeout(() => this.controller.abort(reason), milliseconds);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** The error to throw in place of one that a request threw. */
  explain(error: unknown, fallback: (reason: string) => RequestFailure): unknown {
    if (this.controller.signal.aborted) return this.controller.signal.reason;
    if (this.signal.aborted) return this.signal.reason;
    return error instanceof RequestFailure ? error : fallback(networkReason(error));
  }
}
