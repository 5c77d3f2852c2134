// The verdict on the engine `wide` on this machine, kept in the user's cache folder: it is checked once for each machine, Node and
// version of the kernels.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { cpus, hostname } from "node:os";
import { join } from "node:path";
import { isRecord } from "../json.ts";
import { cacheFolder } from "../node/cache-folder.ts";
import { FileError } from "../node/file-error.ts";
import { readFileBounded, writeFileAtomic } from "../node/files.ts";
import { version } from "../node/version.ts";

/** The outcome of the engine `wide` on a machine. */
export interface Verdict {
  /** The reason why `auto` leaves it out; undefined where it is proven. */
  readonly failure: string | undefined;
  /** True if the engine crashed a process that used it, after its self-check had passed. */
  readonly crashed: boolean;
  /** Time of the verdict, as Date's `toISOString` has it. */
  readonly at: string;
}

/** Bytes of the largest file that is read: some hundred verdicts. */
const MOST_BYTES = 2 ** 18;

/** Verdicts that are kept, of the latest machines and versions. */
const MOST_VERDICTS = 50;

/** The file with the verdicts. */
export function verdictFile(): string {
  return join(cacheFolder(), "wide.json");
}

/** The verdict on this machine, Node and version of the kernels; undefined if there is none. */
export async function readVerdict(): Promise<Verdict | undefined> {
  const { [await keyOfHere()]: found } = await readAll();
  return found;
}

/** Keeps and returns a verdict on this machine. That it cannot be written is no error: the next command checks again. */
export async function keepVerdict(failure: string | undefined, crashed = false): Promise<Verdict> {
  const verdict = { failure, crashed, at: new Date().toISOString() };
  const key = await keyOfHere();
  const others = Object.entries(await readAll()).filter(([other]) => other !== key);
  const all = Object.fromEntries([...others.slice(1 - MOST_VERDICTS), [key, verdict]]);
  await writeFileAtomic(verdictFile(), `${JSON.stringify(all, null, 2)}\n`, { makeFolder: true }).catch(
    (error: unknown) => {
      if (!(error instanceof FileError)) throw error;
    },
  );
  return verdict;
}

/** All that a verdict depends on: the machine, Node, and the very kernels. */
async function keyOfHere(): Promise<string> {
  const { node, v8 } = process.versions;
  const key = createHash("sha256");
  key.update(JSON.stringify([version(), node, v8, process.platform, process.arch, hostname(), cpus()[0]?.model]));
  for (const name of ["wide", "wide-extra"]) {
    key.update(await readFile(new URL(`../../build/${name}.wasm`, import.meta.url)));
  }
  return key.digest("hex").slice(0, 32);
}

/** All verdicts that can be read: a file that is none, or damaged, holds none. */
async function readAll(): Promise<Readonly<Record<string, Verdict>>> {
  const bytes = await readFileBounded(verdictFile(), MOST_BYTES).catch(() => undefined);
  const found = bytes && parsed(new TextDecoder().decode(bytes));
  if (!isRecord(found)) return {};
  return Object.fromEntries(
    Object.entries(found).flatMap(([key, value]) => {
      const verdict = verdictOf(value);
      return verdict === undefined ? [] : [[key, verdict]];
    }),
  );
}

function verdictOf(value: unknown): Verdict | undefined {
  if (!isRecord(value)) return undefined;
  const { failure, crashed, at } = value;
  if (typeof crashed !== "boolean" || typeof at !== "string") return undefined;
  return failure === undefined || typeof failure === "string" ? { failure, crashed, at } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
