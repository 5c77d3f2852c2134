// Runs the command line within the test's own process, which takes no time to start.

import { vi } from "vitest";
import { reportError } from "../../src/cli/errors.ts";
import { createProgram } from "../../src/cli/main.ts";
import { cleanEnvironment, type Result, resultOf } from "./process.ts";

export interface InProcessOptions {
  readonly cwd: string;
  /** Called with each text that is printed, and how to press Ctrl-C. */
  readonly onOutput?: (text: string, interrupt: (reason: unknown) => void) => void;
}

/** Runs `convasm` with these words. One at a time: working folder, environment and streams are the process' own. */
export async function convasmHere(
  words: readonly string[],
  { cwd, onOutput }: InProcessOptions,
): Promise<Result<number>> {
  const controller = new AbortController();
  const texts = { stdout: "", stderr: "" };
  const streams = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      texts[name] += text;
      onOutput?.(String(text), (reason) => controller.abort(reason));
      return true;
    }),
  );
  const before = process.cwd();
  for (const [name, value] of Object.entries(cleanEnvironment(cwd))) vi.stubEnv(name, value);
  vi.stubEnv("CONVASM_DATA", undefined);
  process.chdir(cwd);
  let code = 0;
  try {
    await createProgram(controller.signal, 100).parseAsync([...words], { from: "user" });
  } catch (error) {
    code = reportError(error);
  } finally {
    process.chdir(before);
    vi.unstubAllEnvs();
    for (const stream of streams) stream.mockRestore();
  }
  return resultOf(code, texts.stdout, texts.stderr);
}
