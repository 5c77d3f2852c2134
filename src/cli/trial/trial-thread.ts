// The program of a thread that trains runs of a search, one after another. Its data is that of all threads of the process.

import { parentPort } from "node:worker_threads";
import { useNode } from "../../node/host.ts";
import { localData } from "../../search/addressed-data.ts";
import { carryError, type FromTrials, type ToTrials, type TrialRequest } from "../../search/trial-protocol.ts";
import { Interrupted } from "../command-error.ts";
import type { Context } from "../context.ts";
import { Output } from "../output.ts";
import { checkJob } from "./check-job.ts";
import { type FromKeeper, type ToKeeper, WorkSharer } from "./shared-work.ts";
import { trainRun } from "./train-run.ts";

/** A message to a thread. */
export type ToThread = ToTrials | { readonly keeper: FromKeeper };

/** A message of a thread. */
export type FromThread = FromTrials | { readonly keeper: ToKeeper };

/** Milliseconds between two reports of progress. */
const PROGRESS_EVERY = 200;

/** Seconds of training that are lost at most when the process dies, but for what is left of an epoch. */
const CHECKPOINT_SECONDS = 5;

const port = parentPort;
if (port === null) throw new Error("this program runs in a thread of a search");

const silent = { write: () => true };
const sharer = new WorkSharer((keeper) => tell({ keeper }));
const running = new Map<number, AbortController>();

function tell(message: FromThread): void {
  port?.postMessage(message);
}

async function work(request: TrialRequest, signal: AbortSignal): Promise<FromTrials> {
  const { id } = request;
  const output = new Output("quiet", { stdout: silent, stderr: silent }, false);
  const context: Context = {
    output,
    signal,
    usesCache: true,
    command: "convasm",
    once: sharer.once,
    checkpointSeconds: CHECKPOINT_SECONDS,
  };
  try {
    const job = { ...request.job, data: await localData("search: data", request.job.data) };
    if (request.ask === "check") return { id, tells: "checked", facts: await checkJob(job, request.settings, context) };
    let told = 0;
    const ended = await trainRun(
      job,
      request.spec,
      request,
      {
        onCheckpoint: (path, epoch) => tell({ id, tells: "checkpoint", path, epoch }),
        onProgress(progress) {
          const now = performance.now();
          if (now - told < PROGRESS_EVERY && progress.epoch < progress.epochs) return;
          told = now;
          tell({ id, tells: "progress", progress });
        },
      },
      context,
    );
    return { id, tells: "ended", ended };
  } catch (error) {
    return signal.aborted ? { id, tells: "stopped" } : { id, tells: "failed", error: carryError(error) };
  }
}

useNode();
port.on("message", (message: ToThread) => {
  if ("keeper" in message) {
    sharer.take(message.keeper);
  } else if (message.ask === "stop") {
    running.get(message.id)?.abort(new Interrupted("interrupted"));
  } else {
    const controller = new AbortController();
    running.set(message.id, controller);
    void work(message, controller.signal).then((answer) => {
      running.delete(message.id);
      tell(answer);
    });
  }
});
