import type { Redis } from "ioredis";
import { reasonOf } from "../../errors.ts";
import type { RunProgress } from "../executor.ts";
import type { TrialRunner } from "../run-trial.ts";
import type { EndedRun } from "../trial.ts";
import type { QueueKeys } from "./keys.ts";
import type { QueuedRun } from "./messages.ts";
import { filesIn, hasState, stateIn, writeState } from "./run-files.ts";
import { fetchFiles, sendFiles } from "./transfer.ts";

/** A run of the queue, and where and how it is trained. */
export interface ServedRunOptions {
  readonly client: Redis;
  readonly keys: QueueKeys;
  readonly runner: TrialRunner;
  readonly queued: QueuedRun;
  /** Folder of the run on this machine. */
  readonly folder: string;
  /** Stops the run; its checkpoint is sent before the run rejects. */
  readonly signal: AbortSignal;
  /** Least seconds between two checkpoints that are sent. */
  readonly checkpointSeconds: number;
  readonly onProgress: (progress: RunProgress) => void;
  /** Called with what went wrong and does not keep the run from going on. */
  readonly onTrouble: (line: string) => void;
}

/**
 * Trains a run of the queue: goes on from the checkpoint that another worker sent, sends its own ones while it trains, and at the end the
 * files of its folder.
 */
export async function serveRun(options: ServedRunOptions): Promise<EndedRun> {
  const { client, keys, runner, queued, folder, signal, onProgress } = options;
  const { search, spec } = queued;
  const sender = new CheckpointSender(options);
  try {
    await takeState(options);
    const from = await takeOrigin(options);
    const ended = await runner.run(spec, { folder, from, signal, onProgress, onCheckpoint: () => sender.offer() });
    await sender.end();
    await sendFiles(client, keys.result(search, spec.index), await filesIn(folder));
    return ended;
  } catch (error) {
    await sender.end();
    if (signal.aborted) await sender.send();
    throw error;
  }
}

/** Puts the checkpoint that the server has into the folder, unless one is there. */
async function takeState({ client, keys, queued, folder, onTrouble }: ServedRunOptions): Promise<void> {
  if (await hasState(folder)) return;
  try {
    const files = await fetchFiles(client, keys.checkpoint(queued.search, queued.spec.index));
    if (files !== undefined) await writeState(folder, files);
  } catch (error) {
    onTrouble(`run ${queued.spec.index} begins anew: its checkpoint did not come: ${reasonOf(error)}`);
  }
}

/**
 * Fetches what the run goes on from.
 *
 * @returns its folder on this machine; undefined for a run that begins, and for one whose origin is lost, which begins, too
 */
async function takeOrigin({ client, keys, queued, folder }: ServedRunOptions): Promise<string | undefined> {
  const { search, spec } = queued;
  if (spec.from === undefined) return undefined;
  const files = await fetchFiles(client, keys.origin(search, spec.index));
  if (files === undefined) return undefined;
  const origin = `${folder}-origin`;
  await writeState(origin, files);
  return origin;
}

/** Sends the checkpoint of a run, not more often than it may. */
class CheckpointSender {
  readonly #options: ServedRunOptions;
  #sentAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #hasTrouble = false;

  constructor(options: ServedRunOptions) {
    this.#options = options;
  }

  /** Tells that a new checkpoint is there. */
  offer(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#sentAt + 1000 * this.#options.checkpointSeconds - performance.now();
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.send();
      },
      Math.max(0, wait),
    );
  }

  /** Sends the checkpoint that is there now. */
  send(): Promise<void> {
    this.#sentAt = performance.now();
    this.#sending = this.#sending.then(() => this.#sendNow());
    return this.#sending;
  }

  /** Waits for what is under way, and sends no more by itself. */
  end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#sending;
  }

  async #sendNow(): Promise<void> {
    const { client, keys, queued, folder, onTrouble } = this.#options;
    try {
      const files = await stateIn(folder);
      if (files.length > 0) await sendFiles(client, keys.checkpoint(queued.search, queued.spec.index), files);
      this.#hasTrouble = false;
    } catch (error) {
      // The run goes on; what a loss of this machine would cost is more.
      if (!this.#hasTrouble) onTrouble(`run ${queued.spec.index}: its checkpoint was not sent: ${reasonOf(error)}`);
      this.#hasTrouble = true;
    }
  }
}
