import { InputRangeError, InputTypeError, shown } from "../../errors.ts";
import type { OptionKind } from "../../options/kinds.ts";

/** 1 grey or 3 colours. */
export function greyOrColours(): OptionKind<1 | 3, 1 | 3> {
  const wanted = "1 or 3";
  return {
    field: "whole",
    rule: { whole: true, minimum: 1, maximum: 3 },
    wanted,
    read(who, key, value) {
      if (value === 1 || value === 3) return value;
      throw new InputRangeError(who, `${key} to be ${wanted}`, shown(value));
    },
  };
}

/** A column of a table: its name, or its number from 1. */
export function column(): OptionKind<string | number, string | number> {
  const wanted = "a name or a number";
  return {
    field: "text",
    wanted,
    read(who, key, value) {
      if (typeof value === "string" || typeof value === "number") return value;
      throw new InputTypeError(who, `${key} to be ${wanted}`, shown(value));
    },
  };
}
