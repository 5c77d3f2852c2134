import { visibleJson } from "../visible.ts";
import type { BarLook } from "./bar.ts";
import { oneLine } from "./command-error.ts";
import { hasColours, hasUnicode, type Style, styleFor, written } from "./style.ts";

/** `text`: all there is to tell. `quiet`: only results. `json`: one object per line, and nothing else. */
export type OutputMode = "text" | "quiet" | "json";

/** The parts of a stream that an output needs. */
export interface Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The streams that an output writes to: `process`, or stand-ins. */
export interface Streams {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** Time between two drawings of the status line. */
const REDRAW_MILLISECONDS = 80;

const CLEAR_LINE = "\r\u001b[K";

/**
 * Results go to standard output; a status line that is drawn over and over, and remarks, to standard error. Whatever is in a
 * line, only our own colours act on the terminal.
 */
export class Output {
  readonly mode: OutputMode;
  /** Colours of text on standard output. */
  readonly style: Style;
  /** Characters of the bar in the status line. */
  readonly look: BarLook;
  readonly #streams: Streams;
  readonly #live: boolean;
  readonly #hasLines: boolean;
  #status: readonly string[] = [];
  #drawn = 0;

  /** @param hasLines false: no lines for people, just the status line and remarks */
  constructor(mode: OutputMode, streams: Streams = process, hasLines = true) {
    this.mode = mode;
    this.#hasLines = hasLines;
    this.#streams = streams;
    this.style = styleFor(hasColours(streams.stdout.isTTY === true));
    this.look = { style: styleFor(hasColours(streams.stderr.isTTY === true)), unicode: hasUnicode() };
    this.#live = mode === "text" && streams.stderr.isTTY === true && process.env.TERM !== "dumb";
  }

  /** A line for people who want to follow. */
  text(line = ""): void {
    if (this.mode === "text" && this.#hasLines) this.#print(line);
  }

  /** A line that stays when everything else is switched off. */
  result(line: string): void {
    if (this.mode !== "json" && this.#hasLines) this.#print(line);
  }

  /** A line for programs. */
  event(event: Readonly<Record<string, unknown>>): void {
    if (this.mode === "json") this.#print(visibleJson(event));
  }

  /** Lines of a file for programs. */
  document(text: string): void {
    for (const line of text.split("\n")) this.#print(line);
  }

  /** A remark that is no result, in every mode. */
  remark(line: string): void {
    this.clearStatus();
    this.#streams.stderr.write(`${oneLine(line)}\n`);
  }

  /** This output without its lines for people, for parts of the work that are reported in another way. */
  get withoutLines(): Output {
    return new Output(this.mode, this.#streams, false);
  }

  /** Width of the terminal that results go to; without end where it is none. */
  get columns(): number {
    const { isTTY, columns } = this.#streams.stdout;
    return isTTY === true ? columns || 80 : Number.POSITIVE_INFINITY;
  }

  /** True if a status line would be seen. */
  get isLive(): boolean {
    return this.#live;
  }

  /** Replaces the status line, or lines, at most a few times a second unless `now`. */
  status(draw: (columns: number) => string, now = false): void {
    if (!this.#live) return;
    const time = performance.now();
    if (!now && time - this.#drawn < REDRAW_MILLISECONDS) return;
    this.#drawn = time;
    const lines = draw(this.#streams.stderr.columns || 80).split("\n");
    this.#streams.stderr.write(this.#clearing() + lines.map(written).join("\n"));
    this.#status = lines;
  }

  clearStatus(): void {
    if (this.#status.length > 0) this.#streams.stderr.write(this.#clearing());
    this.#status = [];
    this.#drawn = 0;
  }

  /** The characters that remove the status lines. */
  #clearing(): string {
    const above = this.#status.length - 1;
    return above > 0 ? `\r\u001b[${above}A\u001b[J` : CLEAR_LINE;
  }

  #print(line: string): void {
    this.clearStatus();
    this.#streams.stdout.write(`${written(line)}\n`);
  }
}
