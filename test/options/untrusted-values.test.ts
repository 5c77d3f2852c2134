import { describe, expect, it } from "vitest";
import { shown } from "../../src/errors.ts";
import { checkNumber } from "../../src/options/numbers.ts";
import { readFields, readType } from "../../src/options/objects.ts";

describe("checkNumber", () => {
  it("gives back what keeps the rule, bounds included or not as named", () => {
    expect(checkNumber("w", "x", 2, { minimum: 2, maximum: 2, whole: true })).toBe(2);
    expect(checkNumber("w", "x", -1.5)).toBe(-1.5);
    expect(() => checkNumber("w", "x", 2, { above: 2 })).toThrow("w: expected x to be a finite number above 2, got 2");
    expect(() => checkNumber("w", "x", 2, { below: 2, minimum: 0 })).toThrow("at least 0 and below 2, got 2");
    expect(() => checkNumber("w", "x", 1.5, { whole: true })).toThrow("w: expected x to be a whole number, got 1.5");
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses %d with a RangeError", (value) => {
    expect(() => checkNumber("w", "x", value)).toThrow(RangeError);
    expect(() => checkNumber("w", "x", value, { minimum: 0 })).toThrow(RangeError);
  });

  it.each(["1", null, undefined, true, [1], 1n, () => 1])("refuses %s with a TypeError", (value) => {
    expect(() => checkNumber("w", "x", value)).toThrow(/^w: expected x to be a finite number, got /);
    expect(() => checkNumber("w", "x", value)).toThrow(TypeError);
  });
});

describe("readFields", () => {
  it("reads known keys, whatever they hold", () => {
    expect(readFields("w", { a: null }, ["a", "b"])).toEqual({ a: null });
  });

  it.each([null, undefined, 1, "a", []])("refuses %j, which is no object", (value) => {
    expect(() => readFields("w", value, ["a"])).toThrow(TypeError);
  });

  it("refuses unknown keys, inherited names among them", () => {
    for (const key of ["c", "__proto__", "toString"]) {
      const value = JSON.parse(`{"${key}": 1}`);
      expect(() => readFields("w", value, ["a", "b"])).toThrow(`w: expected only the keys a, b, got "${key}"`);
    }
  });
});

describe("readType", () => {
  it("takes a string, or an object's own type", () => {
    expect(readType("w", "a", ["a", "b"])).toBe("a");
    expect(readType("w", { type: "b" }, ["a", "b"])).toBe("b");
    expect(() => readType("w", Object.create({ type: "b" }), ["a", "b"])).toThrow(TypeError);
    expect(() => readType("w", "c", ["a", "b"])).toThrow(new RangeError('w: expected one of a, b, got "c"'));
    expect(() => readType("w", 1, ["a", "b"])).toThrow(new TypeError("w: expected one of a, b, got 1"));
  });
});

it("shows values short", () => {
  expect(shown("x".repeat(1000)).length).toBeLessThan(70);
  const cycle: unknown[] = [];
  cycle.push(cycle);
  expect([shown(1n), shown(null), shown(true), shown(cycle)]).toEqual([
    "1",
    "null",
    "true",
    "an object that JSON cannot hold",
  ]);
  expect([shown(undefined), shown(Number.NaN), shown({ a: [1] })]).toEqual(["undefined", "NaN", '{"a":[1]}']);
});
