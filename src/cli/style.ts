/** Marks up text for a terminal, or leaves it as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
  red(text: string): string;
}

const CODES = { bold: [1, 22], dim: [2, 22], green: [32, 39], cyan: [36, 39], red: [31, 39] } as const;

/** @param coloured whether the text goes to a terminal that shows colours */
export function styleFor(coloured: boolean): Style {
  const mark = (name: keyof typeof CODES) => (text: string) =>
    coloured ? `\u001b[${CODES[name][0]}m${text}\u001b[${CODES[name][1]}m` : text;
  return { bold: mark("bold"), dim: mark("dim"), green: mark("green"), cyan: mark("cyan"), red: mark("red") };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a stream shows colours: a terminal, and nobody asked for none (https://no-color.org). */
export function hasColours(isTerminal: boolean, env: Environment = process.env): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return isTerminal && env.TERM !== "dumb";
}

/** Whether the terminal's character set has line-drawing characters. */
export function hasUnicode(env: Environment = process.env, platform: string = process.platform): boolean {
  if (platform === "win32") return true;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return /utf-?8/i.test(locale) || (locale === "" && platform === "darwin");
}
