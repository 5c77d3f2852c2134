import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const CONVASM = fileURLToPath(new URL("../../bin/convasm.js", import.meta.url));

/** The steps of an hour: each is told with the time it took, and the first that fails ends the walk. */
export class Steps {
  /** @param {string} folder in which commands run */
  constructor(folder) {
    this.folder = folder;
    this.count = 0;
  }

  /**
   * Does one step.
   *
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async step(name, work) {
    const began = performance.now();
    try {
      const result = await work();
      this.count++;
      console.log(`ok    ${name}  ${((performance.now() - began) / 1000).toFixed(1)} s`);
      return result;
    } catch (error) {
      console.log(`FAIL  ${name}`);
      throw error;
    }
  }

  /**
   * Runs `convasm` as a step, and gives what it printed. It has to end with code 0.
   *
   * @param {readonly string[]} words
   * @returns {Promise<string>}
   */
  convasm(words) {
    return this.step(`convasm ${words.join(" ")}`, () => this.run([process.execPath, CONVASM, ...words]));
  }

  /**
   * Runs a line that a command has printed, as a shell does.
   *
   * @param {string} line
   * @returns {Promise<string>}
   */
  line(line) {
    return this.step(line.replace(/^node \S*convasm\.js/, "convasm"), () => this.run(["sh", "-c", line]));
  }

  /**
   * @param {readonly string[]} command
   * @returns {Promise<string>} standard output
   */
  run([program, ...words]) {
    return new Promise((resolve, reject) => {
      const child = spawn(program, words, { cwd: this.folder, env: { ...process.env, NO_COLOR: "1" } });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text) => {
        stdout += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text) => {
        stderr += text;
      });
      child.on("error", reject);
      child.on("close", (code) => {
        if (code === 0 && stdout !== "") resolve(stdout);
        else reject(new Error(`expected an end with code 0 and some output, got code ${code}\n${stdout}${stderr}`));
      });
    });
  }
}

/**
 * Throws unless a text holds what is expected.
 *
 * @param {string} text
 * @param {RegExp} pattern
 * @returns {string} its first group, or all of it
 */
export function found(text, pattern) {
  const match = pattern.exec(text);
  if (match === null) throw new Error(`expected ${pattern}, got\n${text}`);
  return match[1] ?? match[0];
}

/**
 * Throws unless two figures are the same.
 *
 * @param {string} what
 * @param {unknown} got
 * @param {unknown} wanted
 */
export function same(what, got, wanted) {
  if (got !== wanted) throw new Error(`${what}: expected ${wanted}, as was printed before, got ${got}`);
}
