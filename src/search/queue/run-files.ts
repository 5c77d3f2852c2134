import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathExists, writeFileAtomic } from "../../node/files.ts";
import { RESULT_FILE } from "../read-run.ts";
import type { SentFile } from "./transfer.ts";

/** Name of the checkpoint in the folder of a run that has not ended, or that pauses. */
const CHECKPOINT = "checkpoint.safetensors";

/**
 * The files with which a run goes on elsewhere. The checkpoint is read first: the others may be those of a later epoch, as they may be after a crash.
 */
const STATE = [CHECKPOINT, "history.csv", "reports.csv", "model-best.safetensors"];

/** True for the folder of a run that has ended. */
export function hasEnded(folder: string): Promise<boolean> {
  return pathExists(join(folder, RESULT_FILE));
}

/** True for a folder that a run goes on from. */
export function hasState(folder: string): Promise<boolean> {
  return pathExists(join(folder, CHECKPOINT));
}

/** The files with which the run of a folder goes on; none if it has no checkpoint. */
export async function stateIn(folder: string): Promise<readonly SentFile[]> {
  return (await hasState(folder)) ? presentFiles(folder, STATE) : [];
}

/** The files that a run which goes on from the one of this folder takes over: its state, or its result if it has ended by itself. */
export async function originIn(folder: string): Promise<readonly SentFile[]> {
  return presentFiles(folder, [...STATE, RESULT_FILE]);
}

/** Writes files that came from elsewhere into the folder of a run, the checkpoint at last. */
export async function writeState(folder: string, files: readonly SentFile[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const known = files.filter(({ name }) => STATE.includes(name) || name === RESULT_FILE);
  const last = (name: string) => Number(name === CHECKPOINT);
  for (const { name, bytes } of [...known].sort((a, b) => last(a.name) - last(b.name))) {
    await writeFileAtomic(join(folder, name), bytes, { flush: false });
  }
}

async function presentFiles(folder: string, names: readonly string[]): Promise<readonly SentFile[]> {
  const files: SentFile[] = [];
  for (const name of names) {
    const path = join(folder, name);
    if (await pathExists(path)) files.push({ name, bytes: await readFile(path) });
  }
  return files;
}

/** The files of a run's folder, without folders in it and files that are being written. */
export async function filesIn(folder: string): Promise<readonly SentFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && /^[A-Za-z0-9][\w.-]*\.[a-z]+$/.test(entry.name));
  return Promise.all(names.map(async ({ name }) => ({ name, bytes: await readFile(join(folder, name)) })));
}

/** Writes a folder of files, which takes the place of one that was there, as a whole. */
export async function writeFolder(folder: string, files: readonly SentFile[]): Promise<void> {
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  for (const { name, bytes } of files) await writeFile(join(part, name), bytes, { flush: true });
  await rm(folder, { recursive: true, force: true });
  await rename(part, folder);
}
