import { Command } from "commander";
import { useNode } from "../node/host.ts";
import { version } from "../node/version.ts";
import { addBackbonesCommand } from "./backbones.ts";
import { addBenchCommand } from "./bench.ts";
import { Interrupted, reportError } from "./command-error.ts";
import { addDataCommand } from "./data.ts";
import { addDoctorCommand } from "./doctor.ts";
import { addEvalCommand } from "./eval.ts";
import { addExportCommand } from "./export.ts";
import { withOurName } from "./foreign-options.ts";
import { addHelp, layOutHelp } from "./help.ts";
import { addImportCommand } from "./import.ts";
import { addInspectCommand } from "./inspect.ts";
import { watchInterrupts, watchOutput } from "./interrupt.ts";
import { MODEL_AND_NETWORK } from "./model-and-network.ts";
import { addPredictCommand } from "./predict.ts";
import { addRecipesCommand } from "./recipes.ts";
import { addRunsCommand } from "./runs.ts";
import { addSearchCommand } from "./search.ts";
import { addTrainCommand } from "./train.ts";
import { needsWideProcess, runWide, watchWideParent } from "./wide.ts";
import { addWorkerCommand } from "./worker.ts";

/** The program with all its commands, whose help texts are so many columns wide; default 100. */
export function createProgram(signal: AbortSignal, columns?: number): Command {
  const program = new Command("convasm")
    .description("Train small convolutional networks on the CPU, and use them.")
    .version(version())
    .option("--debug", "show where an error comes from")
    // Errors are printed in one place, below.
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  layOutHelp(program, columns);
  addHelp(program, { notes: [MODEL_AND_NETWORK] });
  for (const add of [
    addTrainCommand,
    addSearchCommand,
    addWorkerCommand,
    addEvalCommand,
    addPredictCommand,
    addInspectCommand,
    addExportCommand,
    addImportCommand,
    addRunsCommand,
    addDataCommand,
    addBackbonesCommand,
    addBenchCommand,
    addRecipesCommand,
    addDoctorCommand,
  ]) {
    add(program, signal);
  }
  return program;
}

/**
 * Runs the words of a command line within this process, and prints its errors.
 *
 * @param signal ends the command: with an `Interrupted` as its reason if the user asked for that
 * @param columns width of the help texts; default 100
 * @returns the exit code: 0 done, 2 wrong input or a failing machine, 130 interrupted, 1 a bug
 */
export async function runWords(words: readonly string[], signal: AbortSignal, columns?: number): Promise<number> {
  useNode();
  const program = createProgram(signal, columns);
  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync([...words], { from: "user" });
    // Output that got lost is an error even when all else is done; a Ctrl-C that came too late is none.
    if (signal.aborted && !(signal.reason instanceof Interrupted)) throw signal.reason;
    return 0;
  } catch (error) {
    return reportError(withOurName(error, program, words));
  }
}

/**
 * Runs the program, in a process of its own where the engine needs one, until it ends or is interrupted. Sets the exit code.
 *
 * @param words the command line after the program's name
 */
export async function run(words: readonly string[]): Promise<void> {
  let own = words;
  if (needsWideProcess(words)) {
    const wide = await runWide(words);
    if ("exitCode" in wide) {
      process.exitCode = wide.exitCode;
      return;
    }
    own = wide.words;
    if (wide.note !== undefined) process.stderr.write(`convasm: ${wide.note}\n`);
  }
  const controller = new AbortController();
  watchInterrupts(controller, () => process.stderr.isTTY && process.stderr.write("\r\u001b[Kstopping ...\n"));
  watchOutput(controller);
  watchWideParent(words, () => controller.abort(new Interrupted("interrupted")));
  const code = await runWords(own, controller.signal, process.stdout.columns);
  if (code !== 0) process.exitCode = code;
}
