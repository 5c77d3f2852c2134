import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { useWasmFiles } from "../node/wasm.ts";
import { EXIT, errorLine, exitCodeOf, oneLine } from "./errors.ts";
import { watchInterrupts, watchOutput } from "./interrupt.ts";
import { addTrainCommand } from "./train.ts";

/** The version in the package's own description. */
function version(): string {
  const packageJson: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const isObject = typeof packageJson === "object" && packageJson !== null;
  return isObject && "version" in packageJson ? String(packageJson.version) : "unknown";
}

function createProgram(signal: AbortSignal): Command {
  const program = new Command("convasm")
    .description("Train small convolutional networks on the CPU, and use them.")
    .version(version())
    .option("--debug", "show where an error comes from")
    .configureHelp({ showGlobalOptions: true, helpWidth: process.stdout.columns || 100 })
    // Errors are printed in one place, below.
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  addTrainCommand(program, signal);
  for (const command of program.commands) command.copyInheritedSettings(program);
  program.action(() => program.outputHelp());
  return program;
}

/**
 * Runs the program. Sets the exit code: 0 done, 2 wrong input or a failing machine, 130 interrupted, 1 a bug.
 *
 * @param words the command line after the program's name
 */
export async function run(words: readonly string[]): Promise<void> {
  useWasmFiles();
  const controller = new AbortController();
  watchInterrupts(controller, () => process.stderr.isTTY && process.stderr.write("\r\u001b[Kstopping ...\n"));
  watchOutput(controller);
  try {
    await createProgram(controller.signal).parseAsync([...words], { from: "user" });
    if (controller.signal.aborted) throw controller.signal.reason;
  } catch (error) {
    const code = exitCodeOf(error);
    process.exitCode = code;
    if (code === EXIT.done) return;
    process.stderr.write(`${error instanceof CommanderError ? usageLine(error) : errorLine(error)}\n`);
    if (words.includes("--debug") && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  }
}

function usageLine({ message }: CommanderError): string {
  return `convasm: ${oneLine(message.replace(/^error: /, ""))}`;
}
