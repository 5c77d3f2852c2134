import type { OptionSchema, OptionsOf, ValuesOf } from "../../options/schema.ts";
import { completeOptions, readOptions } from "../../options/schema.ts";

/** A schedule as plain data that JSON can hold: its type and its options. A type alias because interfaces do not fit `Json`. */
export type Described<Type extends string, S extends OptionSchema> = { readonly type: Type } & Readonly<OptionsOf<S>>;

/** A step of a run. */
export interface Moment {
  /** Steps done before it, from 0. */
  readonly step: number;
  /** Optimizer steps of the whole run. */
  readonly totalSteps: number;
  /** Optimizer steps of one epoch. */
  readonly stepsPerEpoch: number;
}

/** The learning rate of a step, from the optimizer's own. */
export type RateFunction = (base: number, moment: Moment) => number;

/** A type of schedule. */
export interface ScheduleType<Type extends string, S extends OptionSchema> {
  readonly schema: S;
  /**
   * A description, checked and with its defaults.
   *
   * @throws TypeError, RangeError for a wrong option
   */
  read(who: string, given: object): Described<Type, S>;
  /** Makes the function that gives the rate of every step, from a description. */
  rate(description: object): RateFunction;
}

/**
 * Makes a type of schedule.
 *
 * @param rateOf makes the function of rates, from the options
 * @param check rules across options
 */
export function scheduleType<Type extends string, S extends OptionSchema>(
  type: Type,
  schema: S,
  rateOf: (options: ValuesOf<S>) => RateFunction,
  check: (who: string, options: ValuesOf<S>) => void = () => {},
): ScheduleType<Type, S> {
  const values = (who: string, given: object) => {
    const options = readOptions(who, schema, given);
    check(who, options);
    return options;
  };
  return {
    schema,
    read(who, given) {
      values(who, given);
      return { type, ...completeOptions(who, schema, given) };
    },
    rate: (description) => rateOf(values(`schedule "${type}"`, description)),
  };
}
