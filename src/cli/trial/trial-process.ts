// The program of the child process that trains the runs of a search: several threads beside each other, which share the data. It ends
// when the process that started it does, however that comes.

import { Worker } from "node:worker_threads";
import { HostError } from "../../errors.ts";
import { carryError, type FromTrials, type ToTrials, type TrialRequest } from "../../search/trial-protocol.ts";
import { WorkKeeper } from "./shared-work.ts";
import type { FromThread, ToThread } from "./trial-thread.ts";

/** A thread and the work that it is at. */
interface Slot {
  readonly worker: Worker;
  request: TrialRequest | undefined;
}

const keeper = new WorkKeeper();
const slots: Slot[] = [];
const queue: TrialRequest[] = [];

function tell(message: FromTrials): void {
  process.send?.(message);
}

function startSlot(): Slot {
  const worker = new Worker(new URL("./trial-thread.js", import.meta.url), { name: "convasm trial", stdout: false });
  const slot: Slot = { worker, request: undefined };
  const post = (message: ToThread) => worker.postMessage(message);
  worker.on("message", (message: FromThread) => {
    if ("keeper" in message) {
      keeper.take(message.keeper, (answer) => post({ keeper: answer }));
      return;
    }
    tell(message);
    if (message.tells === "progress" || message.tells === "checkpoint") return;
    slot.request = undefined;
    next();
  });
  worker.on("error", (error) => lose(slot, error));
  worker.on("exit", (code) => lose(slot, new HostError("search", `a thread ended with code ${code}`, "lost-worker")));
  slots.push(slot);
  return slot;
}

/** Tells of work that went down with its thread, which a new one replaces when there is work. */
function lose(slot: Slot, error: unknown): void {
  const { request } = slot;
  slot.request = undefined;
  const place = slots.indexOf(slot);
  if (place >= 0) slots.splice(place, 1);
  if (request !== undefined) tell({ id: request.id, tells: "failed", error: carryError(error) });
  next();
}

/** Gives waiting work to free threads, of which there are as many as there was ever work at once. */
function next(): void {
  while (queue.length > 0) {
    const slot = slots.find(({ request }) => request === undefined) ?? startSlot();
    slot.request = queue.shift();
    slot.worker.postMessage(slot.request);
  }
}

process.on("message", (message: ToTrials) => {
  if (message.ask !== "stop") {
    queue.push(message);
    next();
    return;
  }
  const at = queue.findIndex(({ id }) => id === message.id);
  if (at >= 0) {
    queue.splice(at, 1);
    tell({ id: message.id, tells: "stopped" });
    return;
  }
  slots.find(({ request }) => request?.id === message.id)?.worker.postMessage(message);
});
// The process that started this one says what is to end, and when: a Ctrl-C of the terminal reaches both, and a scheduler's request to terminate may.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit(0));
