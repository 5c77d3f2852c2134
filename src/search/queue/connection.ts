/**
 * Connections to the server of a queue: checked before anything else is done, and kept up for as long as they are wanted.
 *
 * @module
 */

import type { Redis } from "ioredis";
import { HostError, InputRangeError, isInputError, reasonOf } from "../../errors.ts";
import type { QueueAddress } from "./address.ts";
import type { QueueLibraries } from "./libraries.ts";

/** Milliseconds in which a server must take a connection. */
const CONNECT_TIMEOUT = 10_000;

/** Longest pause between two attempts to get a lost connection back, in milliseconds. */
const LONGEST_PAUSE = 2_000;

/** First version of Redis with the commands that BullMQ calls. Valkey has had them from its first version on. */
const OLDEST_REDIS = [6, 2];

/** A connection that comes back by itself when the server was away. */
export interface QueueConnection {
  readonly client: Redis;
  /** Words of a server that may drop or lose what it is given; undefined for one that keeps it. */
  readonly doubt: string | undefined;
  /** Ends the connection at once. */
  close(): void;
}

/**
 * Connects to a server.
 *
 * @param who the option or command whose address it is
 * @throws HostError with the code `no-queue` if no server answers there, or one that cannot hold a queue
 * @throws InputRangeError if the server wants another user or password
 */
export async function connectQueue(
  who: string,
  address: QueueAddress,
  { ioredis }: QueueLibraries,
): Promise<QueueConnection> {
  const options = optionsOf(address);
  const doubt = await checkServer(who, address, new ioredis.Redis({ ...options, retryStrategy: () => null }));
  const client = new ioredis.Redis({
    ...options,
    // Commands that are under way when the connection breaks are sent again.
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), LONGEST_PAUSE),
  });
  // Without a listener, the first lost connection would end the process; it comes back by itself.
  client.on("error", () => {});
  await client.ping();
  return { client, doubt, close: () => client.disconnect() };
}

function optionsOf({ host, port, username, password, db, tls }: QueueAddress) {
  return {
    host,
    port,
    db,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: { servername: host } }),
    connectTimeout: CONNECT_TIMEOUT,
    lazyConnect: true,
  };
}

/** Looks whether the server can hold a queue, and ends the connection. */
async function checkServer(who: string, address: QueueAddress, client: Redis): Promise<string | undefined> {
  let reason: unknown;
  client.on("error", (error: unknown) => {
    reason ??= error;
  });
  try {
    await withinTime(client.connect());
    // Errors of a number that is too large do not end the connection, which would stay with database 0.
    if (address.db !== 0) await client.select(address.db);
    const facts = factsOf(await client.info());
    const version = facts.get("redis_version") ?? "";
    if (!facts.has("valkey_version") && isOlder(version)) {
      throw new HostError(
        who,
        `expected Redis ${OLDEST_REDIS.join(".")} or newer, or Valkey, got Redis ${version}`,
        "no-queue",
      );
    }
    if (facts.get("role") === "slave") {
      throw new HostError(
        who,
        `expected a server that can be written to, got a replica at ${address.shown}`,
        "no-queue",
      );
    }
    return doubtOf(facts);
  } catch (error) {
    throw connectionError(who, address, reason ?? error);
  } finally {
    client.disconnect();
  }
}

/** A server that speaks another protocol may take the connection and never answer. */
async function withinTime(connecting: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CONNECT_TIMEOUT / 1000} s`)), CONNECT_TIMEOUT);
  });
  try {
    await Promise.race([connecting, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The lines `name:value` of a server's report about itself. */
function factsOf(info: string): ReadonlyMap<string, string> {
  return new Map(
    info.split(/\r?\n/).flatMap((line) => {
      const at = line.indexOf(":");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST_REDIS[0] || (major === OLDEST_REDIS[0] && minor < OLDEST_REDIS[1]);
}

function doubtOf(facts: ReadonlyMap<string, string>): string | undefined {
  const policy = facts.get("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction" && facts.get("maxmemory") !== "0") {
    return `the server drops keys when its memory is full (maxmemory-policy ${policy}; noeviction keeps them)`;
  }
  if (facts.get("aof_enabled") === "0") {
    return "the server keeps no log of its writes (appendonly no): a restart loses trainings under way, which then start again";
  }
  return undefined;
}

/** The error of a connection that failed: one line without the password. */
export function connectionError(who: string, address: QueueAddress, error: unknown): unknown {
  if (error instanceof HostError || isInputError(error)) return error;
  const reason = reasonOf(error);
  const at = `at ${address.shown}`;
  if (/WRONGPASS|invalid password/i.test(reason)) {
    return new InputRangeError(who, `the password of the server ${at}`, "one that it refuses", "out-of-range");
  }
  if (/NOAUTH|Authentication required/i.test(reason)) {
    return new InputRangeError(who, `a password for the server ${at}`, "none", "missing", {
      advice: "redis://:PASSWORD@host, or the same in $CONVASM_QUEUE",
    });
  }
  if (/NOPERM/.test(reason)) {
    return new InputRangeError(who, `a user who may use the server ${at}`, `one who may not: ${reason}`);
  }
  if (/DB index|invalid DB/i.test(reason)) {
    return new InputRangeError(who, `a database that the server ${at} has`, String(address.db));
  }
  return new HostError(
    who,
    `expected a Redis or Valkey server ${at}, got ${wordsOf(error, reason, address)}`,
    "no-queue",
    {
      cause: error,
    },
  );
}

/** True for an error of a server that no longer takes the password, or forbids what is asked of it. */
export function isRefusal(error: unknown): boolean {
  const reason = reasonOf(error);
  return ["WRONGPASS", "NOAUTH", "NOPERM"].some((word) => reason.startsWith(word));
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "no answer: the connection was refused",
  ENOTFOUND: "no machine of this name",
  EAI_AGAIN: "no answer from the name service",
  ETIMEDOUT: `no answer within ${CONNECT_TIMEOUT / 1000} s`,
  EHOSTUNREACH: "no way to this machine",
  ENETUNREACH: "no way to this network",
  ECONNRESET: "a connection that was closed again",
};

function wordsOf(error: unknown, reason: string, { tls, password }: QueueAddress): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known = Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
  const text = password === undefined ? reason : reason.replaceAll(password, "...");
  if (tls && (code === "ETIMEDOUT" || /ssl|tls|certificate|wrong version/i.test(`${code} ${reason}`))) {
    return `${known ?? text} with TLS; rediss:// is for servers with TLS, certificates of one's own are named by NODE_EXTRA_CA_CERTS`;
  }
  if (/RESP type|Protocol error/i.test(reason)) return "a server of another kind";
  return known ?? text;
}
