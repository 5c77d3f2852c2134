import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { MARK } from "../peers/protocol.js";

/** Longest that a contender may take to build a network and have it checked, compilers and slow ones included. */
const PREPARE_MILLISECONDS = 180_000;

/** Longest time for any other answer, beyond the time asked for. */
const ANSWER_MILLISECONDS = 120_000;

/**
 * A command that starts a contender.
 *
 * @typedef {object} Launch
 * @property {string} command
 * @property {readonly string[]} args
 * @property {Readonly<Record<string, string>>} [env] added to the driver's
 */

/** A contender's process. It lives through all measurements; where it dies, the next request starts another. */
export class ContenderProcess {
  /** @type {import("node:child_process").ChildProcessWithoutNullStreams | undefined} */
  #child;
  #launch;
  /** @type {((answer: any) => void) | undefined} */
  #waiting;
  /** Last line of its errors, for when it dies. */
  #lastError = "";

  /** @param {Launch} launch */
  constructor(launch) {
    this.#launch = launch;
  }

  /**
   * @returns {Promise<any>} its versions
   * @throws Error with the reason why it cannot run
   */
  async start() {
    const { command, args, env } = this.#launch;
    const child = spawn(command, args, { stdio: "pipe", env: { ...process.env, ...env } });
    this.#child = child;
    this.#lastError = "";
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith(MARK)) this.#settle(JSON.parse(line.slice(MARK.length)));
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (line.trim() !== "") this.#lastError = line.trim();
    });
    child.stdin.on("error", () => {});
    child.on("error", (error) => this.#ended(child, error.message));
    child.on("close", (code, signal) => this.#ended(child, this.#lastError || `ended with ${signal ?? code}`));
    return this.#answer(PREPARE_MILLISECONDS);
  }

  /** @param {unknown} command @param {number} [seconds] that it was asked to run */
  async request(command, seconds = 0) {
    if (this.#child === undefined) await this.start();
    this.#child?.stdin.write(`${JSON.stringify(command)}\n`);
    return this.#answer(seconds > 0 ? ANSWER_MILLISECONDS + 1000 * seconds : PREPARE_MILLISECONDS);
  }

  stop() {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  /** @param {any} answer */
  #settle(answer) {
    this.#waiting?.(answer);
    this.#waiting = undefined;
  }

  /** @param {unknown} child @param {string} reason */
  #ended(child, reason) {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#settle({ error: reason });
  }

  /** @param {number} milliseconds */
  async #answer(milliseconds) {
    const answer = await new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.stop();
        this.#settle({ error: `no answer within ${milliseconds / 1000} s` });
      }, milliseconds);
      this.#waiting = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
    });
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }
}
