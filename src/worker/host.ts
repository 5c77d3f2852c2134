import type { ReadDataOptions } from "../data/read/options.ts";
import { GEARS, hasGear } from "../engine/gears.ts";
import { dataHandlers } from "./data-handlers.ts";
import type { Handlers } from "./handlers.ts";
import type { HostedModel } from "./hosted-model.ts";
import type { HostedRun } from "./hosted-run.ts";
import { modelHandlers, runHandlers } from "./model-handlers.ts";
import {
  type CallName,
  encodeError,
  isRequest,
  isSessionMessage,
  memoriesOf,
  PROTOCOL,
  type Request,
  type ToPage,
} from "./protocol.ts";
import type { HostedDataset } from "./run-notes.ts";
import { Shelf } from "./shelf.ts";

/** What the worker's surroundings give it. */
export interface HostOptions {
  /** Sends a message to the page; what is in `transfer` moves in place of being copied. */
  post(message: ToPage, transfer: ArrayBuffer[]): void;
  /** The name of a lock that is held as long as the worker lives, where there is one. */
  readonly life?: Promise<string | undefined>;
  /** Decodes pictures. Default: as browsers do. */
  readonly decodeImage?: ReadDataOptions["decodeImage"];
}

/**
 * The worker's side of a session.
 *
 * @returns takes each message from the page
 */
export function createHost({ post, life, decodeImage }: HostOptions): (message: unknown) => void {
  const greet = async () => post({ type: "ready", protocol: PROTOCOL, life: await life }, []);
  const datasets = new Shelf<HostedDataset>("data set");
  const models = new Shelf<HostedModel>("model");
  const runs = new Shelf<HostedRun>("run");
  const handlers: Handlers = {
    gears: () => GEARS.filter(hasGear),
    ...dataHandlers(datasets, decodeImage),
    ...modelHandlers(models, runs, datasets, (message) => post(message, [])),
    ...runHandlers(runs),
  };
  return (message) => {
    if (isSessionMessage(message)) void greet();
    else if (isRequest(message)) void answer(handlers, message, post);
  };
}

async function answer<K extends CallName>(
  handlers: Handlers,
  { id, call, argument }: Request<K>,
  post: HostOptions["post"],
): Promise<void> {
  try {
    if (!Object.hasOwn(handlers, call)) throw new TypeError(`session: expected a call that there is, got ${call}`);
    const handle: Handlers[K] = handlers[call];
    const value = await handle(argument, (done, total) => post({ type: "progress", id, done, total }, []));
    post({ type: "result", id, value }, [...memoriesOf(value)]);
  } catch (error) {
    post({ type: "error", id, error: encodeError(withoutMemory(call, error)) }, []);
  }
}

/** What hosts say where an array finds no memory. */
const NO_MEMORY = /allocation failed|out of memory|array length/i;

/** An error as it is, unless it only says that memory has run out. */
function withoutMemory(call: CallName, error: unknown): unknown {
  if (!(error instanceof Error) || error.message.includes("expected") || !NO_MEMORY.test(error.message)) return error;
  const advice = "use fewer images or a smaller batch, dispose of what is not needed, or close other pages";
  return new RangeError(`${call}: expected more free memory, got none (${error.message}): ${advice}`);
}
