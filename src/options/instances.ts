import { InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import type { OptionKind } from "./kinds.ts";

/** A thing of the host or of the caller, by a test of what it is. */
export function instance<T>(wanted: string, is: (value: unknown) => value is T): OptionKind<T, T> {
  return {
    field: "value",
    wanted,
    read(who, key, value) {
      if (is(value)) return value;
      throw new InputTypeError(`${who}: ${key}`, wanted, shown(value));
    },
  };
}

/** A function of the caller's. */
export function callable<F extends (...given: never[]) => unknown>(): OptionKind<F, F> {
  return instance("a function", (value): value is F => typeof value === "function");
}

/** A signal that ends something. */
export const ABORT_SIGNAL = instance(
  "an AbortSignal",
  (value): value is AbortSignal => isRecord(value) && "aborted" in value,
);
