/**
 * Worker threads that decode pictures ahead of their use. They are started when the first pictures come, and keep no program running
 * while they have nothing to do.
 *
 * @module
 */

import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import type { DataFile } from "../data/read/data-file.ts";
import type { DecodeAhead, PicturePlan } from "../data/read/picture-rows.ts";
import { decodeError } from "../error-records.ts";
import { HostError } from "../errors.ts";
import { FileError } from "./file-error.ts";
import type { PictureAnswer, PictureRequest, SentPicture } from "./picture-worker.ts";
import { startNodeWorker } from "./worker-program.ts";

/** Most threads that decode: more wait for the disk, or for the training's own. */
const MOST_WORKERS = 8;

/** Pictures of one message. */
const AT_ONCE = 64;

/** Decoding in as many threads as there are cores but for one. */
export const decodeInWorkers: DecodeAhead = {
  atOnce: 8 * AT_ONCE,
  async look(files, plan) {
    const parts = Array.from({ length: Math.ceil(files.length / AT_ONCE) }, (_, i) =>
      files.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
    );
    const answers = await Promise.all(parts.map((part) => ask("look", part, [], plan)));
    return answers.flatMap((answer) => ("looks" in answer ? answer.looks : []));
  },
  async rows(files, grey, plan) {
    const answer = await ask("rows", files, grey, plan);
    if (!("rows" in answer)) throw new Error("picture workers: no rows");
    return answer.rows;
  },
};

/** A thread with the requests that it has not answered. */
class PictureThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(answer: PictureAnswer): void; reject(error: unknown): void }>();

  constructor() {
    this.#worker = startNodeWorker("convasm pictures", program);
    this.#worker.unref();
    this.#worker.on("message", (answer: PictureAnswer) => {
      const { resolve, reject } = this.#waiting.get(answer.id) ?? {};
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) this.#worker.unref();
      if ("unreadable" in answer) reject?.(new FileError("read", answer.unreadable.path, answer.unreadable.reason));
      else if ("error" in answer) reject?.(decodeError(answer.error));
      else resolve?.(answer);
    });
    this.#worker.on("error", (cause) => this.#end(cause));
    this.#worker.on("exit", () => this.#end(undefined));
  }

  get load(): number {
    return this.#waiting.size;
  }

  ask(request: PictureRequest): Promise<PictureAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(request.id, { resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  #end(cause: unknown): void {
    threads.delete(this);
    const error = new HostError("pictures", "a thread that decodes pictures ended", "lost-worker", { cause });
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** The worker's file; undefined for the package's own. */
let program: URL | undefined;

/** Replaces the file that workers run, for programs that do not lie beside it. */
export function setPictureProgram(file: URL): void {
  program = file;
}

const threads = new Set<PictureThread>();
let requests = 0;

/** Gives work to the thread that has the least. */
async function ask(
  work: PictureRequest["work"],
  files: readonly DataFile[],
  grey: readonly boolean[],
  plan: PicturePlan,
): Promise<PictureAnswer> {
  const pictures = await Promise.all(files.map((file, i) => sent(file, grey[i] === true)));
  const most = Math.max(1, Math.min(MOST_WORKERS, availableParallelism() - 1));
  let chosen: PictureThread | undefined;
  for (const thread of threads) if (chosen === undefined || thread.load < chosen.load) chosen = thread;
  if (chosen === undefined || (chosen.load > 0 && threads.size < most)) {
    chosen = new PictureThread();
    threads.add(chosen);
  }
  requests += 1;
  return chosen.ask({ type: "pictures", id: requests, work, pictures, plan });
}

/** A picture as a message has it: a file that lies in an archive is read here. */
async function sent(file: DataFile, grey: boolean): Promise<SentPicture> {
  const { name, path } = file;
  if (path !== undefined) return { name, path, packed: undefined, grey };
  return { name, content: (await file.bytes()).slice(), packed: await file.packed(), grey };
}
