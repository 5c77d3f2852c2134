import { describe, expect, expectTypeOf, it } from "vitest";
import { isInputError } from "../../src/errors.ts";
import { choice, flag, number, pair, text, whole } from "../../src/options/kinds.ts";
import { configOf, type OptionsOf, readOptions, type ValuesOf } from "../../src/options/schema.ts";

const SCHEMA = {
  filters: { kind: whole(1) },
  strides: { kind: pair(), default: 1 },
  rate: { kind: number({ above: 0, float32: true }), default: 0.5 },
  bias: { kind: flag(), default: true },
  anneal: { kind: choice(["cosine", "linear"]), default: "cosine" },
  label: { kind: text(), optional: true },
} as const;

it("gives the types of what callers write and of what is read", () => {
  expectTypeOf<OptionsOf<typeof SCHEMA>>().branded.toEqualTypeOf<{
    filters: number;
    strides?: number | readonly [number, number];
    rate?: number;
    bias?: boolean;
    anneal?: "cosine" | "linear";
    label?: string;
  }>();
  expectTypeOf<ValuesOf<typeof SCHEMA>>().branded.toEqualTypeOf<{
    readonly filters: number;
    readonly strides: readonly [number, number];
    readonly rate: number;
    readonly bias: boolean;
    readonly anneal: "cosine" | "linear";
    readonly label: string | undefined;
  }>();
});

describe("readOptions", () => {
  it("fills in defaults, and passes over undefined, null and the type", () => {
    const given = { type: "x", filters: 2, rate: undefined, bias: null };
    expect(readOptions("x", SCHEMA, given)).toEqual({
      filters: 2,
      strides: [1, 1],
      rate: 0.5,
      bias: true,
      anneal: "cosine",
      label: undefined,
    });
  });

  it.each([
    [{}, TypeError, "missing", "x: expected filters to be a whole number at least 1, got nothing"],
    [{ filters: "2" }, TypeError, "wrong-type", 'x: expected filters to be a whole number at least 1, got "2"'],
    [{ filters: 0 }, RangeError, "out-of-range", "x: expected filters to be a whole number at least 1, got 0"],
    [
      { filters: 1, strides: [1] },
      TypeError,
      "wrong-type",
      "x: expected strides to be a whole number at least 1 or a pair [height, width], got [1]",
    ],
    [{ filters: 1, strides: 0 }, RangeError, "out-of-range", "got 0"],
    [
      { filters: 1, rate: 1e-60 },
      RangeError,
      "out-of-range",
      "rate to be a finite number above 0 in float32, got 1e-60",
    ],
    [{ filters: 1, rate: 1e60 }, RangeError, "out-of-range", "got 1e+60"],
    [{ filters: 1, bias: 1 }, TypeError, "wrong-type", "x: expected bias to be true or false, got 1"],
    [
      { filters: 1, anneal: "step" },
      RangeError,
      "unknown-name",
      'x: expected anneal to be one of cosine, linear, got "step"',
    ],
    [{ filters: 1, anneal: 1 }, TypeError, "wrong-type", "got 1"],
    [{ filters: 1, label: 1 }, TypeError, "wrong-type", "x: expected label to be a text, got 1"],
    [
      { filters: 1, units: 1 },
      TypeError,
      "unknown-option",
      'x: expected only the keys filters, strides, rate, bias, anneal, label, got "units"',
    ],
    [[], TypeError, "wrong-type", "x: expected an object, got []"],
    [null, TypeError, "wrong-type", "x: expected an object, got null"],
  ])("refuses %j", (given, type, code, message) => {
    let thrown: unknown;
    try {
      readOptions("x", SCHEMA, given);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(type);
    expect(isInputError(thrown) && thrown.code).toBe(code);
    expect(isInputError(thrown) && thrown.message).toContain(message);
    expect(isInputError(thrown) && `${thrown.who}: expected ${thrown.expected}, got ${thrown.got}`).toContain(message);
  });
});

it("writes options as files keep them", () => {
  expect(configOf("x", { filters: 2, rate: undefined, strides: [1, 2] })).toEqual({
    type: "x",
    filters: 2,
    strides: [1, 2],
  });
});
