import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { EXIT, errorLine, exitCodeOf, Interrupted, UsageError } from "../src/cli/command-error.ts";
import { decodeError, encodeError } from "../src/error-records.ts";
import {
  DivergedError,
  HostError,
  type HostErrorCode,
  type InputErrorCode,
  InputRangeError,
  InputTypeError,
  isInputError,
  KernelError,
  retold,
  TooSmallError,
} from "../src/errors.ts";
import { DownloadError } from "../src/node/download.ts";
import { FileError } from "../src/node/file-error.ts";

/** Through JSON, which is stricter than what crosses between threads. */
function crossed(error: unknown): Error {
  return decodeError(JSON.parse(JSON.stringify(encodeError(error))));
}

const INPUT: readonly InputErrorCode[] = [
  "wrong-type",
  "out-of-range",
  "missing",
  "unknown-option",
  "unknown-name",
  "contradiction",
  "shape-mismatch",
  "too-small",
  "damaged-file",
  "unsupported-file",
  "too-large",
  "wrong-time",
  "too-few-steps",
  "diverged",
];

/** Exit codes of the command line. */
const HOST: readonly (readonly [HostErrorCode, number])[] = [
  ["no-memory", EXIT.wrongInput],
  ["no-engine", EXIT.wrongInput],
  ["no-threads", EXIT.wrongInput],
  ["no-queue", EXIT.wrongInput],
  ["no-worker", EXIT.bug],
  ["lost-worker", EXIT.bug],
  ["no-library", EXIT.bug],
  ["left-to-page", EXIT.bug],
  ["not-in-build", EXIT.bug],
  ["not-in-page", EXIT.bug],
];

describe("an error that crosses to another thread", () => {
  it.each([
    new InputTypeError("dense", "units to be a number", '"x"'),
    new InputRangeError("dense", "an input of [inputs]", "[2,2]", "shape-mismatch", {
      advice: "put flatten before it",
    }),
    new TooSmallError("conv2d", "a kernel height of at most 3", "5"),
    new DivergedError("a finite loss", "NaN"),
    new HostError("engine", "expected 8 MiB of free memory, got none", "no-memory", { advice: "try a smaller batch" }),
    new KernelError("dense_forward", "dense", "unreachable", 2),
    new RangeError("Invalid array length"),
    new Error("a mistake"),
  ])("keeps class, message and facts: %s", (error) => {
    const other = crossed(error);
    expect(Object.getPrototypeOf(other)).toBe(Object.getPrototypeOf(error));
    expect(other.message).toBe(error.message);
    for (const fact of ["code", "who", "expected", "got", "problem", "advice", "kernel", "layer"]) {
      expect(Reflect.get(other, fact)).toBe(Reflect.get(error, fact));
    }
  });

  it("keeps the code of a class that stays on its side, and the text of what is no error", () => {
    expect(crossed(new DownloadError("mnist", "no mirror"))).toMatchObject({ code: "download-failed" });
    expect(crossed("gone").message).toBe("gone");
  });
});

describe("an error that is told by another", () => {
  it("changes its facts and its message, and nothing else", () => {
    const error = new TooSmallError("conv2d", "a kernel of at most 3", "5");
    const told = retold(retold(error, { who: "model.json: conv2d" }), { advice: "try larger images" });
    expect(told).toBeInstanceOf(TooSmallError);
    expect(told.message).toBe("model.json: conv2d: expected a kernel of at most 3, got 5; try larger images");
    expect(told).toMatchObject({ code: "too-small", expected: "a kernel of at most 3", advice: "try larger images" });
    expect(isInputError(told)).toBe(true);
  });
});

describe("the exit code", () => {
  it.each(INPUT)("of wrong input, %s, is 2", (code) => {
    const error = new InputRangeError("model", "one", "another", code);
    expect([exitCodeOf(error), exitCodeOf(crossed(error))]).toEqual([EXIT.wrongInput, EXIT.wrongInput]);
    expect(errorLine(error)).toBe("convasm: model: expected one, got another");
  });

  it.each(HOST)("of a host's lack, %s, is %d", (code, exit) => {
    expect(exitCodeOf(new HostError("engine", "expected more, got less", code))).toBe(exit);
  });

  it("of files, downloads, usage, Ctrl-C and mistakes is their own", () => {
    expect(exitCodeOf(new FileError("read", "a", "is a folder"))).toBe(EXIT.wrongInput);
    expect(exitCodeOf(new DownloadError("", "no mirror to ask"))).toBe(EXIT.wrongInput);
    expect(exitCodeOf(new UsageError("--set", "numbers", "a file"))).toBe(EXIT.wrongInput);
    expect(exitCodeOf(new CommanderError(1, "commander.unknownOption", "error: unknown option"))).toBe(EXIT.wrongInput);
    expect(exitCodeOf(new Interrupted("interrupted"))).toBe(EXIT.interrupted);
    expect(exitCodeOf(new KernelError("dense_forward", "dense", "unreachable"))).toBe(EXIT.bug);
    // Its words alone do not make it wrong input.
    expect(exitCodeOf(new RangeError("expected one, got another"))).toBe(EXIT.bug);
  });
});
