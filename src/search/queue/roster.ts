/**
 * Who is there: workers and searches tell the server from time to time that they live, by the server's clock.
 *
 * @module
 */

import type { Redis } from "ioredis";
import { InputRangeError } from "../../errors.ts";
import { type Build, buildText } from "../build.ts";
import type { QueueKeys } from "./keys.ts";
import { buildOfSearch, readWorker, type WorkerFacts, writeWorker } from "./messages.ts";

/** Milliseconds between two signs of life. */
export const SIGN_OF_LIFE = 3_000;

/** Milliseconds without a sign of life after which a worker or a search no longer counts as there. */
const GONE_AFTER = 5 * SIGN_OF_LIFE;

/** Most notes of a search that are kept. */
const MOST_NOTES = 100;

/** The server's time in milliseconds. */
async function serverTime(client: Redis): Promise<number> {
  const [seconds, microseconds] = await client.time();
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}

/** Gives a worker's sign of life. */
export async function signIn(client: Redis, keys: QueueKeys, facts: Omit<WorkerFacts, "seen">): Promise<void> {
  await client.hset(keys.workers, facts.id, writeWorker({ ...facts, seen: await serverTime(client) }));
}

/** Tells that a worker is gone. */
export async function signOut(client: Redis, keys: QueueKeys, id: string): Promise<void> {
  await client.hdel(keys.workers, id);
}

/** The workers that are there. Those that have been silent for long are forgotten. */
export async function presentWorkers(client: Redis, keys: QueueKeys): Promise<readonly WorkerFacts[]> {
  const now = await serverTime(client);
  const present: WorkerFacts[] = [];
  const gone: string[] = [];
  for (const [id, text] of Object.entries(await client.hgetall(keys.workers))) {
    const facts = factsOf(text);
    if (facts !== undefined && now - facts.seen < GONE_AFTER) present.push(facts);
    else gone.push(id);
  }
  if (gone.length > 0) await client.hdel(keys.workers, ...gone);
  return present;
}

function factsOf(text: string): WorkerFacts | undefined {
  try {
    return readWorker("queue", text);
  } catch {
    return undefined;
  }
}

/** Gives a search's sign of life. */
export async function searchLives(client: Redis, keys: QueueKeys, search: string): Promise<void> {
  await client.set(keys.alive(search), "1", "PX", GONE_AFTER);
}

/** The messages of searches whose process is there, by their ids. */
export async function livingSearches(client: Redis, keys: QueueKeys): Promise<ReadonlyMap<string, string>> {
  const living = new Map<string, string>();
  for (const [id, text] of Object.entries(await client.hgetall(keys.searches))) {
    if ((await client.exists(keys.alive(id))) === 1) living.set(id, text);
  }
  return living;
}

/** Leaves a note for the people before a search. */
export async function leaveNote(client: Redis, keys: QueueKeys, search: string, note: string): Promise<void> {
  await client
    .multi()
    .rpush(keys.notes(search), note.slice(0, 1000))
    .ltrim(keys.notes(search), -MOST_NOTES, -1)
    .expire(keys.notes(search), 3600)
    .exec();
}

/** Takes the notes of a search. */
export async function takeNotes(client: Redis, keys: QueueKeys, search: string): Promise<readonly string[]> {
  return (await client.lpop(keys.notes(search), MOST_NOTES)) ?? [];
}

/**
 * Checks that all workers run the build of a search.
 *
 * @throws InputRangeError if one does not
 */
export function checkWorkers(who: string, build: Build, workers: readonly WorkerFacts[]): void {
  const others = workers.filter((worker) => !isSameBuild(worker.build, build));
  if (others.length === 0) return;
  const [{ host, build: got }] = others;
  const some =
    others.length === 1 ? `the worker on ${host}` : `${others.length} of ${workers.length} workers, one on ${host},`;
  throw new InputRangeError(
    who,
    `workers with ${buildText(build)}`,
    `${some} with ${buildText(got)}`,
    "contradiction",
    {
      advice: SAME_BUILD,
    },
  );
}

/**
 * Checks that a search is of a worker's build.
 *
 * @param text the message of the search
 * @throws InputRangeError if it is not
 */
export function checkSearchBuild(who: string, build: Build, text: string): void {
  const other = buildOfSearch(text);
  if (other !== undefined && isSameBuild(other, build)) return;
  const expected =
    other === undefined ? "the version of the search" : `${buildText(other)}, which the search in the queue has`;
  throw new InputRangeError(who, expected, buildText(build), "contradiction", { advice: SAME_BUILD });
}

const SAME_BUILD = "install the same everywhere, or give each version a queue of its own: redis://host#name";

function isSameBuild(a: Build, b: Build): boolean {
  return a.version === b.version && a.kernels === b.kernels;
}
