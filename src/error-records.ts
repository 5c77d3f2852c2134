/**
 * Errors on their way from one thread to another.
 *
 * @module
 */

import {
  DivergedError,
  type Facts,
  factsOf,
  HostError,
  InputRangeError,
  InputTypeError,
  KernelError,
  setFacts,
  TooSmallError,
} from "./errors.ts";

/** The classes that errors keep on their way to another thread, the narrower ones first. */
const CLASSES = {
  TooSmallError,
  DivergedError,
  InputTypeError,
  InputRangeError,
  HostError,
  KernelError,
  TypeError,
  RangeError,
  Error,
} as const;

type ClassName = keyof typeof CLASSES;

/** An error as it crosses from one thread to another: its class, its message, and its code and other facts. */
export interface ErrorRecord {
  readonly kind: string;
  readonly message: string;
  readonly facts: Facts;
}

/** The record of an error, which a message can carry. */
export function encodeError(error: unknown): ErrorRecord {
  if (!(error instanceof Error)) return { kind: "Error", message: String(error), facts: {} };
  const kind = Object.entries(CLASSES).find(([, Class]) => error instanceof Class)?.[0] ?? "Error";
  return { kind, message: error.message, facts: factsOf(error) };
}

function isClassName(kind: string): kind is ClassName {
  return Object.hasOwn(CLASSES, kind);
}

/** The error on the other side, of the same class and with the same facts. */
export function decodeError({ kind, message, facts }: ErrorRecord): Error {
  const error = new Error(message);
  Object.setPrototypeOf(error, CLASSES[isClassName(kind) ? kind : "Error"].prototype);
  setFacts(error, facts);
  return error;
}
