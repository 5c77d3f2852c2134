// Runs the command line within the test's own process, which takes no time to start.

import { vi } from "vitest";
import { Interrupted } from "../../src/cli/command-error.ts";
import { runWords } from "../../src/cli/main.ts";
import { cleanEnvironment, type Result, resultOf } from "./process.ts";

export interface InProcessOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each text that is printed, and how to press Ctrl-C. */
  readonly onOutput?: (text: string, interrupt: () => void) => void;
}

/** Variables of this machine that a command heeds, and that a process of its own does not get. */
const UNSET = {
  CONVASM_DATA: undefined,
  LANG: undefined,
  LC_ALL: undefined,
  LC_CTYPE: undefined,
  FORCE_COLOR: undefined,
};

/** Runs `convasm` with these words. One at a time: working folder, environment and streams are the process' own. */
export async function convasmHere(
  words: readonly string[],
  { cwd, env, onOutput }: InProcessOptions,
): Promise<Result<number>> {
  const controller = new AbortController();
  const texts = { stdout: "", stderr: "" };
  const streams = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      texts[name] += text;
      onOutput?.(String(text), () => controller.abort(new Interrupted("interrupted")));
      return true;
    }),
  );
  const before = process.cwd();
  const variables = { ...UNSET, ...cleanEnvironment(cwd), ...env };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  process.chdir(cwd);
  try {
    const code = await runWords(words, controller.signal);
    // Commands that go on after an error leave its code.
    return resultOf(code || Number(process.exitCode ?? 0), texts.stdout, texts.stderr);
  } finally {
    process.exitCode = undefined;
    process.chdir(before);
    vi.unstubAllEnvs();
    for (const stream of streams) stream.mockRestore();
  }
}
