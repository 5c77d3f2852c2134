/**
 * The two words that are easily mistaken for one another, as all commands use them: a network is layers on paper, a model one with weights.
 *
 * @module
 */

import { stat } from "node:fs/promises";
import { pathExists } from "../node/files.ts";
import { openToRead } from "../node/pipe.ts";
import { findNetwork } from "../recipes/index.ts";
import { UsageError } from "./command-error.ts";
import { shellWord } from "./context.ts";
import { RunFolder } from "./run-folder.ts";
import { isLatest, resolveRun } from "./runs/name.ts";

/** Help on an argument or option that takes a model. */
export const MODEL_HELP = "a trained model: its file, or its run's folder or name";

/** Help on an option that takes a network. */
export const NETWORK_HELP = "a built-in network, or a .json file of one";

/** Note in the help of commands that know both. */
export const MODEL_AND_NETWORK =
  "A network is layers without weights: a built-in name or a .json file, for --model. A model is a network that is trained: a " +
  ".safetensors file or a run, for --from, and for eval, predict, inspect and export.";

/** Place of the brace with which a safetensors file's header begins, after the header's length. */
const BRACE_AT = 8;

/** True for a run folder, and for a file that begins as model files do. */
export async function isModel(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined || info.isFIFO()) return false;
  if (info.isDirectory()) {
    const { model, checkpoint } = new RunFolder(path);
    return (await pathExists(model)) || (await pathExists(checkpoint));
  }
  const handle = await openToRead(path).catch(() => undefined);
  try {
    const { buffer, bytesRead } = (await handle?.read(new Uint8Array(BRACE_AT + 1), 0, BRACE_AT + 1, 0)) ?? {};
    return bytesRead === BRACE_AT + 1 && buffer?.[BRACE_AT] === 0x7b && buffer[BRACE_AT - 1] === 0;
  } finally {
    await handle?.close();
  }
}

/**
 * Throws if a word where a network or a recipe should be is a model, with the option that takes it.
 *
 * @param who stands in messages, such as "--model"
 */
export async function expectNoModel(who: string, word: string, what: "network" | "recipe"): Promise<void> {
  const path = await resolveRun(who, word).catch(() => word);
  if (!isLatest(word) && !(await isModel(path))) return;
  throw new UsageError(
    who,
    `a ${what}: a built-in name or a .json file`,
    `the trained model ${JSON.stringify(word)}`,
    "unknown-name",
    { advice: `train --from ${shellWord(word)} starts from its weights; eval, predict and inspect take it as MODEL` },
  );
}

/**
 * Throws if a word where a model should be is a network, with the command that makes a model of it.
 *
 * @param who stands in messages, such as "model"
 * @param path the path that the word means, where nothing may be
 */
export async function expectNoNetwork(who: string, word: string, path: string): Promise<void> {
  const isFile = path.endsWith(".json");
  if (!isFile && (await pathExists(path))) return;
  const isData = word === "mnist" || word === "digits";
  const got = isData ? "data" : isFile ? "the file of a network" : "a network";
  if (!isData && !isFile && findNetwork(word) === undefined) return;
  throw new UsageError(
    `${who} ${JSON.stringify(word)}`,
    "a trained model: a .safetensors file or a run",
    got,
    "unknown-name",
    { advice: `${isData ? `train ${word}` : `train --model ${shellWord(word)}`} makes one` },
  );
}

/** The error for a word where data should be that is a network or a model; undefined for others. */
export async function insteadOfData(path: string, word: string): Promise<UsageError | undefined> {
  const wanted = "data: mnist, digits, or a file or folder";
  const error = (got: string, advice: string) =>
    new UsageError("", wanted, `${got} ${JSON.stringify(word)}`, "unknown-name", { advice });
  if (findNetwork(word) !== undefined) return error("the network", `--model ${shellWord(word)}`);
  if (isLatest(word) || (await isModel(path))) {
    return error("the trained model", `train --from ${shellWord(word)} starts from its weights`);
  }
  return undefined;
}
