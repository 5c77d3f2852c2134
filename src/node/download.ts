/**
 * Downloads of a file that has several mirrors: resumed when cut off, checked, and in place only when whole and right.
 *
 * @module
 */

import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { reasonOf } from "../errors.ts";
import { fileError } from "./file-error.ts";
import { readFileBounded } from "./files.ts";
import { syncFolder } from "./growing-file.ts";
import { mirrorName, RequestFailure, Stopwatch } from "./request.ts";

/** Times and numbers of attempts of a download. */
export interface DownloadLimits {
  /** Milliseconds until a mirror must answer; default 10,000. */
  readonly connectTimeout?: number | undefined;
  /** Milliseconds that may pass without a byte; default 20,000. */
  readonly idleTimeout?: number | undefined;
  /** Requests to one mirror for one file; default 5. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second request, doubled for each further one; default 500. */
  readonly retryDelay?: number | undefined;
  /** Ends the download; what has arrived stays for the next time. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link downloadFile}. */
export interface DownloadOptions extends DownloadLimits {
  /** Addresses of the file on its mirrors, in order of preference. */
  readonly urls: readonly string[];
  /** Path of the file; until it is whole it grows at `path` + `.part`. The folder must exist. */
  readonly path: string;
  /** Largest size in bytes; a longer file is refused. */
  readonly maxBytes: number;
  /** Throws if the content is not the expected one. */
  readonly check: (bytes: Uint8Array) => Promise<void> | void;
  /** Called as bytes arrive; `total` is undefined where the mirror doesn't tell. */
  readonly onProgress?: ((received: number, total: number | undefined) => void) | undefined;
}

const DEFAULT_CONNECT_TIMEOUT = 10_000;
const DEFAULT_IDLE_TIMEOUT = 20_000;
const DEFAULT_ATTEMPTS = 5;
const DEFAULT_RETRY_DELAY = 500;

/** An error when no mirror gave the file. The message names each mirror with its reason. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
  readonly code = "download-failed";
  /** The file or data set; empty where the message names none. */
  readonly who: string;
  /** The reason, without that. */
  readonly reason: string;

  constructor(who: string, reason: string) {
    super(who === "" ? reason : `${who}: ${reason}`);
    this.who = who;
    this.reason = reason;
  }
}

/**
 * Downloads a file from the first mirror that gives the right one.
 *
 * Bytes that arrived before a connection broke are kept, and are not requested again. The file appears under its name
 * only when it is whole and `check` accepts it; then its bytes are on the disk.
 *
 * @throws DownloadError if no mirror gave the file
 * @throws FileError if it cannot be written
 * @throws the signal's reason if that aborts; the bytes so far stay at `path` + `.part`
 */
export async function downloadFile(options: DownloadOptions): Promise<void> {
  const reasons: string[] = [];
  for (const url of options.urls) {
    try {
      await downloadFrom(url, options);
      return;
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      reasons.push(`${mirrorName(url)}: ${error.message}`);
    }
  }
  throw new DownloadError("", reasons.join("; ") || "no mirror to ask");
}

async function downloadFrom(url: string, options: DownloadOptions): Promise<void> {
  const attempts = options.attempts ?? DEFAULT_ATTEMPTS;
  for (let attempt = 1; ; attempt++) {
    try {
      const resumed = await fetchPart(url, options);
      await accept(options, resumed);
      return;
    } catch (error) {
      if (!(error instanceof RequestFailure) || !error.again || attempt >= attempts) throw error;
      await pause((options.retryDelay ?? DEFAULT_RETRY_DELAY) * 2 ** (attempt - 1), options.signal);
    }
  }
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const done = (): void => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    const aborted = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", aborted, { once: true });
  });
}

/** Renames a complete download to its file, or removes it if the content is wrong. */
async function accept(options: DownloadOptions, resumed: boolean): Promise<void> {
  const part = `${options.path}.part`;
  const bytes = await readFileBounded(part, options.maxBytes);
  try {
    await options.check(bytes);
  } catch (error) {
    await rm(part, { force: true });
    // The part may come from another mirror's file, so that a new start may succeed.
    throw new RequestFailure(reasonOf(error), resumed);
  }
  try {
    await rename(part, options.path);
  } catch (error) {
    throw fileError("write", options.path, error);
  }
  await syncFolder(dirname(options.path));
}

/** Position of a response's body in the file, and the file's length. */
interface BodyRange {
  readonly begin: number;
  readonly total: number | undefined;
}

function bodyRange(response: Response, have: number): BodyRange {
  if (response.status === 206) {
    const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
    if (match === null || Number(match[1]) !== have) throw new RequestFailure("answered with another range", false);
    return { begin: have, total: match[2] === "*" ? undefined : Number(match[2]) };
  }
  const length = response.headers.get("content-length");
  const known = length !== null && /^\d+$/.test(length) && !response.headers.has("content-encoding");
  return { begin: 0, total: known ? Number(length) : undefined };
}

/** Fetches the missing rest of the part. Returns true if a part of it was there before. */
async function fetchPart(url: string, options: DownloadOptions): Promise<boolean> {
  const part = `${options.path}.part`;
  let file: FileHandle;
  try {
    // Not in append mode: two processes that fetch the same file then write the same bytes to the same places.
    file = await open(part, constants.O_RDWR | constants.O_CREAT);
  } catch (error) {
    throw fileError("write", part, error);
  }
  const watch = new Stopwatch(options.signal);
  try {
    let have = (await file.stat()).size;
    // Such a part is of another file, or written by another program: it can never become the right file.
    if (have > options.maxBytes) {
      await file.truncate(0);
      have = 0;
    }
    const response = await request(url, have, watch, options);
    if (response.status === 416) {
      await response.body?.cancel();
      return true;
    }
    const { begin, total } = bodyRange(response, have);
    if ((total ?? 0) > options.maxBytes) {
      throw new RequestFailure(`expected at most ${options.maxBytes} bytes, got ${total}`, false);
    }
    if (begin === 0) await file.truncate(0);
    const received = await writeBody(response, file, begin, total, watch, options);
    if (total !== undefined && received !== total) {
      throw new RequestFailure(`cut off at ${received} of ${total} bytes`, true);
    }
    await file.sync();
    return begin > 0;
  } catch (error) {
    throw error instanceof RequestFailure || watch.signal.aborted ? error : fileError("write", part, error);
  } finally {
    watch.stop();
    await file.close();
  }
}

async function request(url: string, have: number, watch: Stopwatch, options: DownloadLimits): Promise<Response> {
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (have > 0) headers.range = `bytes=${have}-`;
  watch.restart(options.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT, "no answer");
  let response: Response;
  try {
    response = await fetch(url, { headers, signal: watch.signal });
  } catch (error) {
    throw watch.explain(error, (reason) => new RequestFailure(reason, false));
  }
  if (response.ok || (response.status === 416 && have > 0)) return response;
  await response.body?.cancel().catch(() => {});
  throw new RequestFailure(`answered ${response.status}`, response.status >= 500 || response.status === 429);
}

/** Writes a body to its place in the file; returns the length of the file after that. */
async function writeBody(
  response: Response,
  file: FileHandle,
  begin: number,
  total: number | undefined,
  watch: Stopwatch,
  options: DownloadOptions,
): Promise<number> {
  const idleTimeout = options.idleTimeout ?? DEFAULT_IDLE_TIMEOUT;
  const reader = response.body?.getReader();
  let received = begin;
  options.onProgress?.(received, total);
  try {
    while (reader !== undefined) {
      watch.restart(idleTimeout, "no bytes");
      const { done, value } = await reader.read().catch((error: unknown) => {
        const at = total === undefined ? `${received} bytes` : `${received} of ${total} bytes`;
        throw watch.explain(error, (reason) => new RequestFailure(`cut off at ${at} (${reason})`, true));
      });
      watch.stop();
      if (done) break;
      if (received + value.length > options.maxBytes) {
        await file.truncate(0);
        throw new RequestFailure(`expected at most ${options.maxBytes} bytes, got more`, false);
      }
      await writeAll(file, value, received);
      received += value.length;
      options.onProgress?.(received, total);
    }
  } finally {
    reader?.cancel().catch(() => {});
  }
  return received;
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

/**
 * The addresses of `urls` whose host answers, asked at the same time. A machine without a network is thus recognised
 * after a single `connectTimeout`.
 *
 * @throws DownloadError if none answers
 * @throws the signal's reason if that aborts
 */
export async function answeringUrls(urls: readonly string[], limits: DownloadLimits = {}): Promise<string[]> {
  const answers = await Promise.all(
    urls.map(async (url) => {
      const watch = new Stopwatch(limits.signal);
      watch.restart(limits.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT, "no answer");
      try {
        const response = await fetch(url, { method: "HEAD", signal: watch.signal });
        await response.body?.cancel();
        return { url, reason: undefined };
      } catch (error) {
        const reason = watch.explain(error, (text) => new RequestFailure(text, false));
        return { url, reason: reasonOf(reason) };
      } finally {
        watch.stop();
      }
    }),
  );
  limits.signal?.throwIfAborted();
  const good = answers.filter((answer) => answer.reason === undefined);
  if (good.length > 0) return good.map((answer) => answer.url);
  throw new DownloadError("", answers.map(({ url, reason }) => `${mirrorName(url)}: ${reason}`).join("; "));
}
