import { type Described, scheduleType } from "./schedule.ts";

const schema = {} as const;

/** The base learning rate at every step. */
export type ConstantSchedule = Described<"constant", typeof schema>;

export const CONSTANT = scheduleType("constant", schema, () => (base) => base);

/** The base learning rate throughout. */
export function constant(): ConstantSchedule {
  return { type: "constant" };
}
