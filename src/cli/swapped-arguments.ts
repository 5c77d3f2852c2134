import { pathExists } from "../node/files.ts";
import { UsageError } from "./command-error.ts";
import { type Context, commandLine } from "./context.ts";
import { isModel } from "./model-and-network.ts";

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
