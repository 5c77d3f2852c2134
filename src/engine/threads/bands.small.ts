import type { Tape } from "../tape.ts";

/** The tape as it is: the small one-file build runs a single image on one thread. Stands in place of `bands.ts` there. */
export function cutByParts(tape: Tape): Tape {
  return tape;
}
