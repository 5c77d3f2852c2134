import { encodeError } from "../error-records.ts";
import { HostError, InputTypeError } from "../errors.ts";
import { memoriesOf } from "./arrays.ts";
import { HandleTable } from "./handle-table.ts";
import { HostedSession } from "./hosted-session.ts";
import {
  type CallMessage,
  type Handle,
  type Hosted,
  isCallback,
  isCallMessage,
  isHandle,
  isSessionMessage,
  PROTOCOL,
  SESSION,
  type ToPage,
} from "./protocol.ts";

/** Functions of the worker's host. */
export interface HostOptions {
  /** Sends a message to the page; memory in `transfer` moves in place of being copied. */
  post(message: ToPage, transfer: ArrayBuffer[]): void;
  /** The name of a lock that is held as long as the worker lives, where there is one. */
  readonly livenessLock?: Promise<string | undefined>;
}

/**
 * The worker's side of a session.
 *
 * @returns takes each message from the page
 */
export function createHost({ post, livenessLock }: HostOptions): (message: unknown) => void {
  const greet = async () => post({ type: "ready", protocol: PROTOCOL, livenessLock: await livenessLock }, []);
  const handles = new HandleTable();
  const session = new HostedSession(handles, (message) => post(message, []));
  const find = (handle: Handle): Hosted => (handle.number === SESSION.number ? session : handles.get(handle));
  return (message) => {
    if (isSessionMessage(message)) void greet();
    else if (isCallMessage(message)) void answer(message, find, post);
  };
}

async function answer(
  { id, target, method, arguments: given }: CallMessage,
  find: (handle: Handle) => Hosted,
  post: HostOptions["post"],
): Promise<void> {
  const callBack = (...values: unknown[]) => post({ type: "callback", id, arguments: values }, []);
  try {
    const object = find(target);
    const args = given.map((value) => (isHandle(value) ? find(value) : isCallback(value) ? callBack : value));
    const value: unknown = await Reflect.apply(methodOf(object, method), object, args);
    post({ type: "result", id, value }, [...memoriesOf(value)]);
  } catch (error) {
    post({ type: "error", id, error: encodeError(withoutMemory(method, error)) }, []);
  }
}

/** A method of an object's class by its name. */
function methodOf(object: Hosted, name: string) {
  const found: unknown = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(object), name)?.value;
  if (typeof found === "function" && name !== "constructor") return found;
  throw new InputTypeError("session", `a method of a ${object.kind}`, name);
}

/** The words of browsers and Node where an array finds no memory. */
const NO_MEMORY = /allocation failed|out of memory|array length/i;

/** The error for a failed call: a `HostError` where the host says that memory has run out, other errors as they are. */
function withoutMemory(who: string, error: unknown): unknown {
  if (!(error instanceof Error) || "code" in error || !NO_MEMORY.test(error.message)) return error;
  const advice = "use fewer images or a smaller batch, dispose of what is not needed, or close other pages";
  const problem = `expected more free memory, got none (${error.message})`;
  return new HostError(who, problem, "no-memory", { advice, cause: error });
}
