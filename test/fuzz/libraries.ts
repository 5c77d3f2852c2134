/** The formats' own libraries, where Python and they are installed: they say which files are broken. */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("libraries.py", import.meta.url));

/** A Python process with NumPy, h5py, Pillow and safetensors. */
export class Libraries {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #file: string;

  private constructor(child: ChildProcessWithoutNullStreams, lines: Interface, folder: string) {
    this.#child = child;
    this.#lines = lines;
    this.#file = join(folder, "library-input");
  }

  /** Undefined where Python or one of the libraries is missing. */
  static async start(folder: string): Promise<Libraries | undefined> {
    const child = spawn("python3", [SCRIPT], { stdio: "pipe" });
    child.stderr.resume();
    const lines = createInterface({ input: child.stdout });
    const isReady = await Promise.race([
      once(lines, "line").then(() => true),
      once(child, "close").then(() => false),
      once(child, "error").then(() => false),
    ]);
    return isReady ? new Libraries(child, lines, folder) : undefined;
  }

  /** The error of a format's library; undefined if it reads the file, or ends over it. */
  async errorOf(format: string, bytes: Uint8Array): Promise<string | undefined> {
    writeFileSync(this.#file, bytes);
    this.#child.stdin.write(`${JSON.stringify({ format, path: this.#file })}\n`);
    const [line]: string[] = await once(this.#lines, "line");
    const { error }: { error: string | null } = JSON.parse(line);
    return error ?? undefined;
  }

  stop(): void {
    this.#child.kill();
  }
}
