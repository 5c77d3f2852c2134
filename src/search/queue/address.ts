/**
 * The address of a Redis or Valkey server, which may hold a password that no message shows.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";

/** Environment variable with the address, so that a password need not stand in a command line, which other users of the machine can read. */
export const QUEUE_VARIABLE = "CONVASM_QUEUE";

/** The parts of a server's address. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Number of the database. */
  readonly db: number;
  readonly tls: boolean;
  /** Name of the queue, with which all of its keys begin; search and workers have to have the same. */
  readonly name: string;
  /** The address without its password, for messages. */
  readonly shown: string;
}

const FORM = "redis://[user:password@]host[:port][/database][#name], with rediss:// for TLS";

/** Name of a queue that has none of its own. */
const DEFAULT_NAME = "convasm";

/** Schemes, each true if the connection is encrypted. */
const SCHEMES: ReadonlyMap<string, boolean> = new Map([
  ["redis:", false],
  ["rediss:", true],
  ["valkey:", false],
  ["valkeys:", true],
]);

/**
 * Reads the address of a server. Names and passwords with `@`, `:` or `/` are written as in any URL, such as `%40`.
 *
 * @throws InputRangeError if it is none; the message does not repeat what may be a password
 * @example
 * readQueueAddress("--queue", "rediss://lab:secret@queue.example:6380/1").shown; // "rediss://lab@queue.example:6380/1"
 */
export function readQueueAddress(who: string, text: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const tls = SCHEMES.get(url?.protocol ?? "");
  const path = /^\/?(\d*)$/.exec(url?.pathname ?? "");
  const name = /^#?([A-Za-z0-9][\w.-]{0,63})?$/.exec(url?.hash ?? "");
  if (!url || tls === undefined || path === null || name === null || url.hostname === "" || url.search !== "") {
    throw new InputRangeError(who, FORM, JSON.stringify(withoutPassword(text)));
  }
  const username = decoded(who, url.username);
  const port = url.port === "" ? 6379 : Number(url.port);
  const db = Number(path[1]);
  return {
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port,
    username,
    password: decoded(who, url.password),
    db,
    tls,
    name: name[1] ?? DEFAULT_NAME,
    shown: `${url.protocol}//${url.username === "" ? "" : `${url.username}@`}${url.hostname}:${port}${db === 0 ? "" : `/${db}`}${url.hash}`,
  };
}

function decoded(who: string, part: string): string | undefined {
  if (part === "") return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new InputRangeError(who, "names and passwords in an address with % as %25", "a % that stands for nothing");
  }
}

/** A text that may be meant as an address, without what may be its password: all before the last `@`. */
function withoutPassword(text: string): string {
  const scheme = /^\w+:\/\//.exec(text)?.[0] ?? "";
  const at = text.lastIndexOf("@");
  return at < 0 ? text : `${scheme}...${text.slice(at)}`;
}
