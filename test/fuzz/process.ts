/** The process in which files are read: started again when one of them ends it. */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Reply, Request } from "./reader.ts";

const LIBRARY = fileURLToPath(new URL("../../dist/node/convasm.js", import.meta.url));

/** A file that takes so long on the clock hangs, on however busy a machine. */
const HANG_SECONDS = 60;

/** A process gets a successor after so many files, so that what one file leaves behind is not counted for all. */
const FILES_PER_PROCESS = 500;

/** Makes the program of the process, in a folder. */
export async function buildReader(folder: string): Promise<string> {
  const outfile = join(folder, "reader.mjs");
  const entry = fileURLToPath(new URL("reader.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", logLevel: "warning" });
  return outfile;
}

/** Reads files in a process. */
export class Reader {
  readonly #program: string;
  #child: ChildProcess | undefined;
  #filesLeft = 0;
  #errors = "";

  constructor(program: string) {
    this.#program = program;
  }

  /** The process' answer, or how it ended without one. */
  async read(request: Request): Promise<Reply | string> {
    if (this.#filesLeft === 0) this.stop();
    const child = this.#child ?? (await this.#start());
    this.#filesLeft--;
    const end = new AbortController();
    const { signal } = end;
    const late = setTimeout(() => end.abort(), 1000 * HANG_SECONDS);
    try {
      const reply = once(child, "message", { signal }).then(([message]: Reply[]) => message);
      const exit = once(child, "exit", { signal }).then(
        ([code, name]) => `ended with ${name ?? code}: ${this.#errors}`,
      );
      child.send(request);
      return await Promise.race([reply, exit.then((text) => this.#lost(text))]);
    } catch (error) {
      if (!signal.aborted) throw error;
      this.stop();
      return `no answer within ${HANG_SECONDS} s`;
    } finally {
      clearTimeout(late);
      end.abort();
    }
  }

  #lost(text: string): string {
    this.#child = undefined;
    this.#filesLeft = 0;
    return text;
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(this.#program, [LIBRARY], {
      execArgv: ["--expose-gc"],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#errors = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-2000);
    });
    await once(child, "message");
    this.#child = child;
    this.#filesLeft = FILES_PER_PROCESS;
    return child;
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
    this.#filesLeft = 0;
  }
}
