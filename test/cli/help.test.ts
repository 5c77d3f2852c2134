// The help texts as people see them, in terminals of 80 and 100 columns.

import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { createProgram } from "../../src/cli/main.ts";

/** All commands below one, with their words. */
function commandsOf(command: Command, words: readonly string[] = []): [words: string, command: Command][] {
  return [
    [words.join(" "), command],
    ...command.commands.flatMap((inner) => commandsOf(inner, [...words, inner.name()])),
  ];
}

/** The help of a command, the whole of it where that is asked for. */
function helpOf(words: string, columns: number, isWhole = false): string {
  const found = commandsOf(createProgram(new AbortController().signal, columns)).find(([name]) => name === words);
  if (found === undefined) throw new Error(`no command ${words}`);
  const [, command] = found;
  if (!isWhole) return command.helpInformation();
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  expect(() => command.parse(["--help-all"], { from: "user" })).toThrow("(outputHelp)");
  return text;
}

const COMMANDS = commandsOf(createProgram(new AbortController().signal));
const WITH_RARE = COMMANDS.filter(([, { options }]) => options.some(({ long }) => long === "--help-all"));

describe("help", () => {
  it.each(COMMANDS)("of %j fits two screens of 100 columns, and no line is longer than the terminal", (words) => {
    const lines = helpOf(words, 100).trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(90);
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    const narrow = helpOf(words, 80).split("\n");
    expect(narrow.filter((line) => line.length > 80)).toEqual([]);
  });

  it("has train, search, eval and the commands about data with options that few need", () => {
    expect(WITH_RARE.map(([words]) => words)).toEqual([
      "train",
      "search",
      "eval",
      "data",
      "data inspect",
      "recipes report",
    ]);
  });

  it.each(WITH_RARE)("of %s keeps these for --help-all, which shows every option, under the same headings", (words) => {
    const { options } = COMMANDS.find(([name]) => name === words)?.[1] ?? { options: [] };
    const short = helpOf(words, 100);
    const whole = helpOf(words, 100, true);
    const isIn = (text: string) => (long: string) => new RegExp(`^ .*${long}\\b(?!-)`, "m").test(text);
    const names = options.filter(({ hidden }) => !hidden).map(({ long }) => String(long));
    expect(names.filter((name) => !isIn(whole)(name))).toEqual([]);
    const missing = names.filter((name) => !isIn(short)(name));
    expect(missing).toContain(words === "search" ? "--eta" : "--max-expansion");
    expect(short).toContain(`this help with ${missing.length} more options, which few need`);
    const headings = (text: string) => text.match(/^[A-Z][\w ]*:$/gm)?.filter((line) => line !== "Global Options:");
    expect(headings(whole)).toEqual(headings(short));
    expect(whole).toContain("--debug");
  });

  it("puts options of data under their heading, though the first of them are added before the network's", () => {
    const help = helpOf("train", 100);
    const places = ["--model", "--epochs", "--data ", "--split", "--limit", "--engine", "--out", "--help-all"].map(
      (name) => help.indexOf(` ${name}`),
    );
    expect(places).not.toContain(-1);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  });
});
