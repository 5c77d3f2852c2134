import { createHash } from "node:crypto";
import { dirname, join, relative, resolve, sep } from "node:path";
import { cacheFolder } from "../../node/cache-folder.ts";
import { appendLines, ensureFolder, readFileBounded } from "../../node/files.ts";
import { shorterPath } from "../context.ts";
import { RUNS } from "../run-folder.ts";
import { listRuns, type RunRecord, readRun } from "./record.ts";

/** Runs that are remembered for a folder: the latest so many. */
const REMEMBERED = 1000;
const MAX_BYTES = 2 ** 24;

/**
 * Remembers that a run of the current folder was put elsewhere than into `runs`, in a file of the user's cache folder. A folder that cannot
 * be written to forgets it.
 */
export async function rememberRun(path: string): Promise<void> {
  const full = resolve(path);
  if (isIn(full, resolve(RUNS)) || /[\r\n]/.test(full)) return;
  const file = listFile();
  try {
    const known = await rememberedPaths();
    if (known.includes(full)) return;
    await ensureFolder(dirname(file));
    await appendLines(file, `${full}\n`);
  } catch {
    // The run is there all the same, and found by its path.
  }
}

/** All runs of the current folder, the latest first: those in `runs`, and those that `--out` put elsewhere, which are called by their paths. */
export async function runsOfHere(): Promise<RunRecord[]> {
  const inside = await listRuns(RUNS);
  const elsewhere = await Promise.all((await rememberedPaths()).map(shorterPath).map((path) => readRun(path, path)));
  return [...inside, ...elsewhere.filter((run) => run !== undefined)].sort((a, b) => b.time - a.time);
}

async function rememberedPaths(): Promise<readonly string[]> {
  const bytes = await readFileBounded(listFile(), MAX_BYTES).catch(() => new Uint8Array());
  const lines = new TextDecoder().decode(bytes).split("\n");
  return [...new Set(lines.filter((line) => line !== ""))].slice(-REMEMBERED);
}

/** The file with the runs of the current folder. */
function listFile(): string {
  const name = createHash("sha256").update(process.cwd()).digest("hex").slice(0, 32);
  return join(cacheFolder(), "runs", `${name}.txt`);
}

function isIn(path: string, folder: string): boolean {
  const within = relative(folder, path);
  return within !== "" && within !== ".." && !within.startsWith(`..${sep}`);
}
