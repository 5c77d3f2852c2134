import { stat } from "node:fs/promises";
import { fileError } from "../../node/file-error.ts";
import { pathExists } from "../../node/files.ts";
import { UsageError } from "../command-error.ts";
import { expectNoNetwork } from "../model-and-network.ts";
import { RUNS, RunFolder } from "../run-folder.ts";
import { resolveRun } from "./name.ts";
import { runsOfHere } from "./places.ts";

/**
 * The checkpoint that `--resume` means: a file, that of a run, or without a name that of the latest interrupted run of the current folder.
 *
 * @param word a path, or the name of a run as `resolveRun` reads it
 * @param further whether a finished run is to be trained further
 * @throws UsageError if there is nothing to go on with
 */
export async function findCheckpoint(word: string | undefined, further: boolean): Promise<string> {
  if (word === undefined) return latestCheckpoint();
  const path = await resolveRun("--resume", word);
  await expectNoNetwork("--resume", word, path);
  const info = await stat(path).catch((error: unknown) => {
    throw fileError("read", path, error);
  });
  if (!info.isDirectory()) return path;
  const folder = new RunFolder(path);
  if (await pathExists(folder.checkpoint)) return folder.checkpoint;
  const isFinished = await pathExists(folder.finished);
  if (further && isFinished) return folder.finished;
  const hint = isFinished ? "; --epochs trains it further" : "";
  const why = (await pathExists(folder.model)) ? `one of a finished run${hint}` : "none";
  throw new UsageError(`--resume ${JSON.stringify(path)}`, "a checkpoint of an unfinished run", why, "missing");
}

async function latestCheckpoint(): Promise<string> {
  const latest = (await runsOfHere()).find(({ state }) => state === "unfinished");
  if (latest !== undefined) return latest.folder.checkpoint;
  throw new UsageError(
    "--resume",
    `an unfinished run in ${RUNS} or put elsewhere by --out from here`,
    "none",
    "missing",
    { advice: "name one" },
  );
}
