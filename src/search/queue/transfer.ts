/**
 * Files on their way through the server: in chunks, so that none keeps others waiting, and there as a whole or not at all.
 *
 * Under a key lies the **head**, the names, sizes and digests of the files; under the key and the name of this very sending lie the chunks. The head
 * is written last, in one command, so whoever reads finds either the files of the last sending that was completed or those of
 * the one before. All keys vanish by themselves some days after they were written.
 *
 * @module
 */

import { createHash, randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { InputRangeError, shown } from "../../errors.ts";

/** Bytes of a chunk: a server does one command after the other, and this one takes it about a millisecond. */
export const CHUNK_BYTES = 512 * 1024;

/** Most bytes that are sent at once, over all files of a sending. */
export const MOST_BYTES = 256 * 1024 * 1024;

/** Seconds after which files vanish that nobody fetched. */
export const KEPT_SECONDS = 7 * 24 * 3600;

/** Most files of a sending. */
const MOST_FILES = 64;

/** A file by its name, without folders. */
export interface SentFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Names, sizes and digests of the files of a sending. */
interface Head {
  readonly sending: string;
  readonly files: readonly { readonly name: string; readonly size: number; readonly sha256: string }[];
}

/**
 * Sends files; those that lay under the key before are removed.
 *
 * @param key begins the names of all keys that hold the files
 * @throws InputRangeError with the code `too-large` for more than {@link MOST_BYTES}
 */
export async function sendFiles(client: Redis, key: string, files: readonly SentFile[]): Promise<void> {
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > MOST_BYTES) {
    throw new InputRangeError("queue", `at most ${MOST_BYTES} bytes of files at once`, String(size), "too-large");
  }
  const former = await readHead(client, key);
  const sending = randomUUID();
  for (const [f, { bytes }] of files.entries()) {
    for (const [c, { begin, end }] of chunksOf(bytes.length).entries()) {
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset + begin, end - begin);
      await client.set(chunkKey(key, sending, f, c), chunk, "EX", KEPT_SECONDS);
    }
  }
  const head: Head = {
    sending,
    files: files.map(({ name, bytes }) => ({ name, size: bytes.length, sha256: digestOf(bytes) })),
  };
  await client.set(key, JSON.stringify(head), "EX", KEPT_SECONDS);
  if (former !== undefined) await dropChunks(client, key, former);
}

/**
 * Fetches the files under a key.
 *
 * @returns undefined if there are none, or not all of them any more
 * @throws InputRangeError if they are not what was sent
 */
export async function fetchFiles(client: Redis, key: string): Promise<readonly SentFile[] | undefined> {
  // Another sending may take the place of this one while it is read.
  for (let attempt = 0; attempt < 3; attempt++) {
    const head = await readHead(client, key);
    if (head === undefined) return undefined;
    const files = await readChunks(client, key, head);
    if (files !== undefined) return files;
  }
  return undefined;
}

/** Removes the files under a key, if there are any. */
export async function dropFiles(client: Redis, key: string): Promise<void> {
  const head = await readHead(client, key).catch(() => undefined);
  await client.unlink(key);
  if (head !== undefined) await dropChunks(client, key, head);
}

async function readHead(client: Redis, key: string): Promise<Head | undefined> {
  const text = await client.get(key);
  return text === null ? undefined : parseHead(key, text);
}

function parseHead(key: string, text: string): Head {
  const wrong = () =>
    new InputRangeError(`queue ${key}`, "the list of the files that were sent", shown(text), "damaged-file");
  let head: unknown;
  try {
    head = JSON.parse(text);
  } catch {
    throw wrong();
  }
  if (!isHead(head)) throw wrong();
  const size = head.files.reduce((sum, file) => sum + file.size, 0);
  if (size > MOST_BYTES)
    throw new InputRangeError(`queue ${key}`, `at most ${MOST_BYTES} bytes`, String(size), "too-large");
  return head;
}

function isHead(value: unknown): value is Head {
  if (typeof value !== "object" || value === null || !("sending" in value) || !("files" in value)) return false;
  const { sending, files } = value;
  if (typeof sending !== "string" || !/^[\w-]{1,64}$/.test(sending)) return false;
  if (!Array.isArray(files) || files.length > MOST_FILES) return false;
  const names = new Set<unknown>();
  for (const file of files) {
    if (typeof file !== "object" || file === null) return false;
    const { name, size, sha256 } = file;
    // Names become names of files in a folder: nothing that leads out of it.
    if (typeof name !== "string" || !/^[A-Za-z0-9][\w.-]{0,99}$/.test(name) || names.has(name)) return false;
    if (!Number.isSafeInteger(size) || size < 0 || typeof sha256 !== "string") return false;
    names.add(name);
  }
  return true;
}

async function readChunks(client: Redis, key: string, head: Head): Promise<readonly SentFile[] | undefined> {
  const files: SentFile[] = [];
  for (const [f, { name, size, sha256 }] of head.files.entries()) {
    const bytes = new Uint8Array(size);
    for (const [c, { begin, end }] of chunksOf(size).entries()) {
      const chunk = await client.getBuffer(chunkKey(key, head.sending, f, c));
      if (chunk === null) return undefined;
      if (chunk.length !== end - begin) throw changed(key, name);
      bytes.set(chunk, begin);
    }
    if (digestOf(bytes) !== sha256) throw changed(key, name);
    files.push({ name, bytes });
  }
  return files;
}

function changed(key: string, name: string): InputRangeError {
  return new InputRangeError(`queue ${key}`, `the bytes of ${name} that were sent`, "others", "damaged-file");
}

async function dropChunks(client: Redis, key: string, { sending, files }: Head): Promise<void> {
  const keys = files.flatMap(({ size }, f) => chunksOf(size).map((_, c) => chunkKey(key, sending, f, c)));
  for (let i = 0; i < keys.length; i += 100) await client.unlink(keys.slice(i, i + 100));
}

function chunkKey(key: string, sending: string, file: number, chunk: number): string {
  return `${key}:${sending}:${file}:${chunk}`;
}

function chunksOf(size: number): readonly { readonly begin: number; readonly end: number }[] {
  return Array.from({ length: Math.ceil(size / CHUNK_BYTES) }, (_, c) => ({
    begin: c * CHUNK_BYTES,
    end: Math.min((c + 1) * CHUNK_BYTES, size),
  }));
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
