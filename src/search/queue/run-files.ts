import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SentFile } from "./transfer.ts";

/** Name of the checkpoint of a run that has not ended, or that pauses, in its folder. */
export const CHECKPOINT = "checkpoint.safetensors";

/** Name of the file that a run's folder has once the run has ended. */
const RESULT = "result.json";

/** True for the folder of a run that has ended. */
export function hasEnded(folder: string): Promise<boolean> {
  return isThere(join(folder, RESULT));
}

/** The checkpoint in a run's folder; undefined if there is none. */
export async function checkpointIn(folder: string): Promise<SentFile | undefined> {
  const path = join(folder, CHECKPOINT);
  return (await isThere(path)) ? { name: CHECKPOINT, bytes: await readFile(path) } : undefined;
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

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
