/**
 * A process of one contender: `node serve.js PEER '{"options":…}'`. Answers the driver's commands until its input ends.
 *
 * @module
 */

import { createInterface } from "node:readline";
import { MARK } from "./protocol.js";
import { LoadedSubject } from "./subject.js";

/** @import { Job, Peer } from "./protocol.js" */

/** @param {unknown} answer */
const answer = (answer) => process.stdout.write(`${MARK}${JSON.stringify(answer)}\n`);

/** @param {unknown} error */
const reason = (error) => (error instanceof Error ? error.message : String(error)).split("\n")[0];

/** Jobs that are ready to be timed, by the driver's name for them. @type {Map<string, Job>} */
const jobs = new Map();
/** @type {{ path: string, loaded: LoadedSubject } | undefined} */
let last;

function release() {
  for (const job of jobs.values()) job.close();
  jobs.clear();
}

/** @param {string} path */
function load(path) {
  if (last?.path !== path) last = { path, loaded: new LoadedSubject(path) };
  return last.loaded;
}

/**
 * Builds a network, has it checked, and keeps the one to time.
 *
 * @param {Peer} peer
 * @param {{ subject: string, mode: "train" | "infer", setting: string }} command
 */
async function prepare(peer, { subject, mode, setting }) {
  const loaded = load(subject);
  const drops = loaded.subject.hasDropout && mode === "train";
  const separate = drops || peer.separateCheck === true;
  let job = await peer.build(loaded, { mode, setting, dropout: false, checked: separate });
  const result = await job.check();
  if (separate) {
    job.close();
    job = await peer.build(loaded, { mode, setting, dropout: drops, checked: false });
  }
  jobs.set(setting, job);
  return { result };
}

/** @param {{ setting: string, seconds: number }} command */
async function run({ setting, seconds }) {
  const job = jobs.get(setting);
  if (job === undefined) throw new Error(`run: nothing is prepared for "${setting}"`);
  const { user, system } = process.cpuUsage();
  const began = performance.now();
  const end = began + seconds * 1000;
  let steps = 0;
  let now = began;
  do {
    const result = job.step();
    if (result instanceof Promise) await result;
    steps++;
    now = performance.now();
  } while (now < end);
  const used = process.cpuUsage();
  return { steps, seconds: (now - began) / 1000, processor: (used.user - user + used.system - system) / 1e6 };
}

/** @param {Peer} peer @param {any} command */
async function obey(peer, command) {
  switch (command.do) {
    case "settings":
      return { settings: peer.settings(command.mode, load(command.subject).subject) };
    case "prepare":
      return prepare(peer, command);
    case "run":
      return run(command);
    default:
      release();
      return {};
  }
}

const [name, options] = process.argv.slice(2);
try {
  const { open } = await import(`./${name}.js`);
  /** @type {Peer} */
  const peer = await open(JSON.parse(options ?? "{}"));
  answer({ versions: peer.versions, note: peer.note });
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    try {
      answer(await obey(peer, command));
    } catch (error) {
      answer({ error: reason(error) });
    }
  }
  process.exit(0);
} catch (error) {
  answer({ error: reason(error) });
  process.exit(1);
}
