import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import type { OptionKind } from "../options/kinds.ts";

/** Most parts of a cross-validation. */
const MOST_FOLDS = 1000;

/** One part of a cross-validation as a text: `2/5` is the second of five. */
export const FOLD: OptionKind<string, string> = {
  field: "text",
  wanted: "a part of how many, such as 2/5",
  read(who, key, value) {
    if (typeof value !== "string") throw new InputTypeError(who, `${key} to be ${this.wanted}`, shown(value));
    const [, part, parts] = (/^(\d{1,4})\/(\d{1,4})$/.exec(value) ?? []).map(Number);
    if (part >= 1 && part <= parts && parts >= 2 && parts <= MOST_FOLDS) return value;
    throw new InputRangeError(who, `${key} to be ${this.wanted}`, shown(value));
  },
};
