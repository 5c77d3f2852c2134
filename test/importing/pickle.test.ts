// Pickles that Python wrote in each protocol (make-files.py), and such as it would not.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readPickle } from "../../src/formats/pytorch/pickle.ts";
import { PickleGlobal, PickleObject } from "../../src/formats/pytorch/pickle-values.ts";

/** A pickle of opcodes and texts. */
const pickle = (...parts: (number | string)[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "number" ? [part] : [...new TextEncoder().encode(part)])));

describe("readPickle", () => {
  it.each([0, 1, 2, 3, 4, 5])("reads Python's values in protocol %d", (protocol) => {
    const file = new URL(`files/protocol-${protocol}.pkl`, import.meta.url);
    const { value } = readPickle("test", new Uint8Array(readFileSync(file)));
    const [values, again] = Array.isArray(value) ? value : [];
    const read = values instanceof Map ? values : new Map();
    expect(read.get("numbers")).toEqual([0, 255, 65535, -1, 2 ** 31 - 1, 2 ** 40, -(2n ** 70n), 1.5, -Infinity]);
    expect(read.get("texts")).toEqual(["", "ASCII", "grün", "ж".repeat(300), "😀\n"]);
    expect(read.get("nested")).toEqual([
      new Map<string, unknown>([
        ["a", null],
        ["b", [true, false]],
      ]),
      ...[[], [], [[]], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]],
    ]);
    // Protocols without bytes or sets say by what they would be made.
    if (protocol >= 3) expect(read.get("bytes")).toEqual(Uint8Array.of(0, 1, 255));
    else expect(read.get("bytes")).toBeInstanceOf(PickleObject);
    if (protocol >= 4) expect(read.get("set")).toEqual([7]);
    else expect(read.get("set")).toBeInstanceOf(PickleObject);
    expect(again).toEqual([read.get("texts"), read.get("texts")]);
  });

  it("calls nothing: what would be run is a name with its arguments", () => {
    const { value } = readPickle("test", pickle("cposix\nsystem\n(S'echo hacked'\ntR."));
    expect(value).toEqual(new PickleObject(new PickleGlobal("posix", "system"), ["echo hacked"]));
  });

  it("takes lists in themselves, and keys such as __proto__, for what they are", () => {
    const { value } = readPickle("test", pickle("]q\0h\0a."));
    expect(Array.isArray(value) && value[0] === value).toBe(true);
    const proto = readPickle("test", pickle("}S'__proto__'\nI1\ns.")).value;
    expect(proto).toEqual(new Map([["__proto__", 1]]));
  });

  it.each([
    ["nothing", pickle(), "a whole pickle, got one that is cut off"],
    ["no end", pickle(0x4e), "a whole pickle, got one that is cut off"],
    ["a text beyond the end", pickle(0x58, 0xff, 0xff, 0xff, 0x7f, "abc"), "a whole pickle"],
    ["a length of 64 bits", pickle(0x8e, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "a whole pickle"],
    ["a number of many bytes", pickle(0x8b, 0, 0, 1, 0), "whole numbers of at most 256 bytes"],
    ["many digits", pickle(`I${"9".repeat(600)}\n.`), "a whole number, got"],
    ["an empty stack", pickle("R."), "a value on the stack, got none"],
    ["no mark", pickle("t."), "a mark on the stack, got none"],
    ["an unknown memo", pickle("h", 7, "."), "a value that was kept, got number 7"],
    ["a number as a list", pickle("I1\nI2\na."), "a list to append to"],
    ["a number as a dictionary", pickle("I1\nI2\nI3\ns."), "a dictionary to set items of"],
    ["an opcode that there is not", pickle(0xff), "an opcode of protocols 0 to 5, got 0xff at byte 0"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readPickle("test", bytes)).toThrow(message);
  });
});
