import type { Argument, CallName, Result } from "./protocol.ts";

/** Tells the page how far a call is. */
export type OnProgress = (done: number, total: number | undefined) => void;

/** What the worker does for each call. */
export type Handlers<K extends CallName = CallName> = {
  readonly [P in K]: (argument: Argument<P>, onProgress: OnProgress) => Result<P> | Promise<Result<P>>;
};
