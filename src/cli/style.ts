import { visible } from "../visible.ts";

/** Marks up text for a terminal, or leaves it as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
  red(text: string): string;
}

const CODES = { bold: [1, 22], dim: [2, 22], green: [32, 39], cyan: [36, 39], red: [31, 39] } as const;

/**
 * A random mark in front of each of our colour codes until a line is written: escape codes without it come from texts of others and are
 * removed.
 */
const KEY = crypto.randomUUID();

const MARKS = new RegExp(`\u0001${KEY}([\\d;]+)m`, "g");

/** A colour's code, such as "1" or "38;5;196", as it stands in text that `written` makes ready. */
export function mark(code: string | number): string {
  return `\u0001${KEY}${code}m`;
}

/** A line as it goes to a terminal: our own colours act, all else is only seen. */
export function written(line: string): string {
  const parts = line.split(MARKS);
  return parts.map((part, i) => (i % 2 === 1 ? `\u001b[${part}m` : visible(part))).join("");
}

/** @param coloured whether the text goes to a terminal that shows colours */
export function styleFor(coloured: boolean): Style {
  const wrap = (name: keyof typeof CODES) => (text: string) =>
    coloured ? `${mark(CODES[name][0])}${text}${mark(CODES[name][1])}` : text;
  return { bold: wrap("bold"), dim: wrap("dim"), green: wrap("green"), cyan: wrap("cyan"), red: wrap("red") };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** True if a stream shows colours: a terminal, unless colours are switched off (https://no-color.org). */
export function hasColours(isTerminal: boolean, env: Environment = process.env): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return isTerminal && env.TERM !== "dumb";
}

/** True if the terminal's character set has line-drawing characters. */
export function hasUnicode(env: Environment = process.env, platform: string = process.platform): boolean {
  if (platform === "win32") return true;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return /utf-?8/i.test(locale) || (locale === "" && platform === "darwin");
}
