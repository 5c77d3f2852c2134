import { stat } from "node:fs/promises";
import { pathExists } from "../node/files.ts";
import { openToRead } from "../node/pipe.ts";
import { UsageError } from "./command-error.ts";
import { type Context, commandLine } from "./context.ts";
import { RunFolder } from "./run-folder.ts";

/** Place of the brace with which a safetensors file's header begins, after the header's length. */
const BRACE_AT = 8;

/**
 * Throws if the model stands behind the data on a command line, in place of before it.
 *
 * @param first the word where the model should be
 * @param others the words behind it
 * @throws UsageError with the command line in its right order
 */
export async function expectModelFirst(
  command: string,
  first: string,
  others: readonly string[],
  context: Context,
): Promise<void> {
  if (await isModel(first)) return;
  const kinds = await Promise.all(others.map(isModel));
  const at = kinds.indexOf(true);
  // A path that is not there may be a mistyped model.
  if (at < 0 || !(await pathExists(first))) return;
  const rest = [first, ...others.filter((_, i) => i !== at)];
  throw new UsageError(command, "the model first", `it after ${JSON.stringify(first)}`, "contradiction", {
    advice: `\`${commandLine(context, command, others[at], ...rest)}\``,
  });
}

/** True for a run folder, and for a file that begins as model files do. */
async function isModel(path: string): Promise<boolean> {
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
