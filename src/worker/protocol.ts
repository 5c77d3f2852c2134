/**
 * Messages between a page and its worker: the page calls methods of objects that live in the worker, which it knows by
 * handles. Messages are checked before they are used.
 *
 * @module
 */

import type { ErrorRecord } from "../error-records.ts";
import { isRecord } from "../json.ts";
import type { FitEvent } from "../training/events.ts";
import type { History } from "../training/history.ts";

/** Version of the protocol: page and worker may come from different files, and must agree. */
export const PROTOCOL = 2;

/** The kinds of objects that live in a worker, by their names in messages to users. */
const KINDS = ["session", "data set", "model", "run"] as const;
export type Kind = (typeof KINDS)[number];

/** Names an object in a worker. */
export interface Handle<K extends Kind = Kind> {
  readonly handle: K;
  /** Number of the object, unique in its worker. */
  readonly number: number;
}

/** The session itself, which makes all other objects. */
export const SESSION: Handle<"session"> = { handle: "session", number: 0 };

/** True for an argument that names an object in the worker. */
export function isHandle(value: unknown): value is Handle {
  return isRecord(value) && KINDS.some((kind) => kind === value.handle) && typeof value.number === "number";
}

/** Stands for a function among the arguments, which stays in the page: calls of it are messages. */
export const CALLBACK = { callback: true } as const;

/** True for an argument that stands for a function of the page. */
export function isCallback(value: unknown): boolean {
  return isRecord(value) && value.callback === true;
}

/** An object in a worker, all of whose methods its page may call. */
export interface Hosted {
  readonly kind: Kind;
}

/** The names of an object's methods. */
export type MethodOf<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T] & string;

/** An argument as the page gives it: handles for the objects in the worker. */
type Sent<T> = T extends { readonly kind: infer K extends Kind } ? Handle<K> : T;

/** The arguments of a method as the page gives them. */
export type Arguments<F> = F extends (...args: infer A) => unknown ? { [I in keyof A]: Sent<A[I]> } : never;

/** The answer of a method. */
export type Answer<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

/** The first message to a worker that is to hold a session. */
export interface SessionMessage {
  readonly type: "session";
  readonly protocol: number;
}

/** The call of a method. */
export interface CallMessage {
  readonly type: "call";
  readonly id: number;
  readonly target: Handle;
  readonly method: string;
  readonly arguments: readonly unknown[];
}

/** True for the first message of a session. */
export function isSessionMessage(message: unknown): message is SessionMessage {
  return isRecord(message) && message.type === "session";
}

/** True for a call; its object and method are checked by the worker. */
export function isCallMessage(message: unknown): message is CallMessage {
  if (!isRecord(message) || message.type !== "call" || typeof message.id !== "number") return false;
  return isHandle(message.target) && typeof message.method === "string" && Array.isArray(message.arguments);
}

/** A message of the worker. */
export type ToPage =
  | { readonly type: "ready"; readonly protocol: number; readonly livenessLock: string | undefined }
  | { readonly type: "result"; readonly id: number; readonly value: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: ErrorRecord }
  | { readonly type: "callback"; readonly id: number; readonly arguments: readonly unknown[] }
  | { readonly type: "events"; readonly run: number; readonly events: readonly FitEvent[] }
  | { readonly type: "end"; readonly run: number; readonly history: History }
  | { readonly type: "failed"; readonly run: number; readonly error: ErrorRecord };

const TO_PAGE: readonly string[] = [
  "ready",
  "result",
  "error",
  "callback",
  "events",
  "end",
  "failed",
] satisfies ToPage["type"][];

/** True for a message of the worker's side of this protocol. */
export function isToPage(message: unknown): message is ToPage {
  return isRecord(message) && typeof message.type === "string" && TO_PAGE.includes(message.type);
}
