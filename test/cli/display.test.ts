import { describe, expect, it } from "vitest";
import { barLine } from "../../src/cli/bar.ts";
import { oneLine } from "../../src/cli/command-error.ts";
import { shellWord } from "../../src/cli/context.ts";
import { clock, count, duration, loss, percent, table } from "../../src/cli/format.ts";
import { Output, type OutputMode } from "../../src/cli/output.ts";
import { drawPixels } from "../../src/cli/picture.ts";
import { parsePairs, parseTyped } from "../../src/cli/spec.ts";
import { hasColours, hasUnicode, styleFor, written } from "../../src/cli/style.ts";
import { nearest } from "../../src/options/nearest.ts";

const PLAIN = { style: styleFor(false), unicode: true };

describe("barLine", () => {
  const parts = ["loss 0.1234", "accuracy 95.00 %", "0:42 left", "21,034 images/s"];

  it("shows everything where there is room", () => {
    expect(barLine(0.5, "epoch 1/3", parts, 120, PLAIN)).toBe(
      `epoch 1/3 ${"━".repeat(20)}${"─".repeat(20)}  50%  ${parts.join("  ")}`,
    );
  });

  it("never is wider than the terminal, and keeps what matters longest", () => {
    let kept = parts.length;
    for (let columns = 120; columns >= 1; columns--) {
      const line = barLine(0.333, "epoch 1/3", parts, columns, PLAIN);
      expect(line.length).toBeLessThan(columns);
      const shown = parts.filter((part) => line.includes(part)).length;
      expect(parts.slice(0, shown).every((part) => line.includes(part))).toBe(true);
      expect(shown).toBeLessThanOrEqual(kept);
      kept = shown;
      if (columns > 25) expect(line).toContain("━");
    }
  });

  it("is full at the end only, and stands odd numbers", () => {
    expect(barLine(0.9999, "a", [], 60, PLAIN)).toContain(" 99%");
    expect(barLine(1, "a", [], 60, PLAIN)).toContain("100%");
    for (const done of [Number.NaN, -1, 2, Number.POSITIVE_INFINITY]) {
      expect(barLine(done, "a", [], 60, PLAIN).length).toBeLessThan(60);
    }
  });

  it("uses plain characters where there are no others", () => {
    expect(barLine(0.5, "a", [], 80, { ...PLAIN, unicode: false })).toMatch(/^a #{20}-{20} {2}50%$/);
  });
});

describe("colours", () => {
  it("are for terminals, unless somebody asks for none", () => {
    expect(hasColours(true, {})).toBe(true);
    expect(hasColours(false, {})).toBe(false);
    expect(hasColours(true, { NO_COLOR: "1" })).toBe(false);
    expect(hasColours(true, { NO_COLOR: "" })).toBe(true);
    expect(hasColours(true, { TERM: "dumb" })).toBe(false);
    expect(hasColours(false, { FORCE_COLOR: "1" })).toBe(true);
    expect(written(styleFor(true).bold("x"))).toBe("\u001b[1mx\u001b[22m");
  });

  it("and line-drawing characters are for locales that have them", () => {
    expect(hasUnicode({ LANG: "en_US.UTF-8" }, "linux")).toBe(true);
    expect(hasUnicode({ LANG: "C.utf8" }, "linux")).toBe(true);
    expect(hasUnicode({ LANG: "en_US.UTF-8", LC_ALL: "C" }, "linux")).toBe(false);
    expect(hasUnicode({}, "win32")).toBe(true);
  });
});

describe("numbers", () => {
  it("are written for people", () => {
    expect([count(1234567), percent(0.98765), loss(0.03125), loss(12345.6)]).toEqual([
      "1,234,567",
      "98.77 %",
      "0.0313",
      "1.235e+4",
    ]);
    expect([duration(2.94), duration(59.96), duration(3723)]).toEqual(["2.9 s", "1:00", "1:02:03"]);
    expect([clock(0.4), clock(61), clock(3600)]).toEqual(["0:00", "1:01", "1:00:00"]);
    expect(
      table([
        ["a", "bb"],
        ["ccc", "d"],
      ]),
    ).toEqual(["a    bb", "ccc   d"]);
  });
});

describe("options in one word", () => {
  it("become objects", () => {
    expect(parseTyped("--schedule", "cosine")).toEqual({ type: "cosine" });
    expect(parseTyped("--schedule", "step:milestones=1/2.5,factor=0.5")).toEqual({
      type: "step",
      milestones: [1, 2.5],
      factor: 0.5,
    });
    expect(parsePairs("--augment", "shift=2, horizontalFlip")).toEqual({ shift: 2, horizontalFlip: true });
    expect(parsePairs("--x", "a=false,b=word,c=1e-3")).toEqual({ a: false, b: "word", c: 0.001 });
  });

  it.each(["", "a=", "=1", "a=1=2", "a=1,a=2", "a,,b", "__proto__=1"])("%j is refused", (text) => {
    expect(() => parsePairs("--augment", text)).toThrow(/^--augment: expected/);
  });
});

describe("nearest", () => {
  it("finds what was meant", () => {
    const names = ["speed99", "lenet5", "keras", "conv8"];
    expect(nearest("sped99", names)).toBe("speed99");
    expect(nearest("LeNet", names)).toBe("lenet5");
    expect(nearest("kreas", names)).toBe("keras");
    expect(nearest("transformer", names)).toBeUndefined();
    expect(nearest("x".repeat(100_000), names)).toBeUndefined();
  });
});

describe("text from outside", () => {
  it("stays on its line and cannot command the terminal", () => {
    expect(oneLine("a\nb\tc\u001b[2Jd\u0007")).toBe("a b c\ufffd[2Jd\ufffd");
    expect(shellWord("a b'c")).toBe("'a b'\\''c'");
    expect(shellWord("runs/x-1.json")).toBe("runs/x-1.json");
  });
});

describe("drawPixels", () => {
  it("draws two columns for each pixel, dark as blanks", () => {
    expect(drawPixels(Uint8Array.of(0, 255, 128, 0), [2, 2, 1])).toEqual(["  @@", "++"]);
    expect(drawPixels(Uint8Array.of(0, 255, 255, 255, 255, 255), [1, 2, 3])).toEqual(["**@@"]);
  });
});

/** A stream that keeps what it is given. */
class Sink {
  text = "";
  readonly isTTY: boolean;
  readonly columns = 60;
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.text += text;
  }
}

describe("Output", () => {
  function outputs(mode: OutputMode, isTTY: boolean) {
    const [stdout, stderr] = [new Sink(isTTY), new Sink(isTTY)];
    const output = new Output(mode, { stdout, stderr });
    output.status((columns) => `working, ${columns} wide`, true);
    output.text("text");
    output.result("result");
    output.event({ event: "event" });
    output.remark("remark\n");
    return { stdout: stdout.text, stderr: stderr.text };
  }

  it("prints what its mode is for", () => {
    expect(outputs("text", false)).toEqual({ stdout: "text\nresult\n", stderr: "remark\n" });
    expect(outputs("quiet", true)).toEqual({ stdout: "result\n", stderr: "remark\n" });
    expect(outputs("json", true)).toEqual({ stdout: '{"event":"event"}\n', stderr: "remark\n" });
  });

  it("draws a status line on a terminal, and takes it away before anything else is printed", () => {
    const clear = "\r\u001b[K";
    const { stdout, stderr } = outputs("text", true);
    expect(stdout).toBe("text\nresult\n");
    expect(stderr).toBe(`${clear}working, 60 wide${clear}remark\n`);
  });
});

describe("text of others", () => {
  const HOSTILE = "a\u001b[31mb\u009b2Jc\u202ed\ne\u2028f\u0001g";
  const SEEN = "a\ufffd[31mb\ufffd2Jc\ufffdd\ufffde\ufffdf\ufffdg";

  function printed(mode: OutputMode, print: (output: Output) => void): string {
    let text = "";
    const stream = { isTTY: true, columns: 80, write: (some: string) => (text += some) };
    print(new Output(mode, { stdout: stream, stderr: stream }));
    return text;
  }

  it("is only seen on a terminal, also beside our own colours", () => {
    const style = styleFor(true);
    expect(printed("text", (output) => output.text(style.bold(`${HOSTILE} ${style.green(HOSTILE)}`)))).toBe(
      `\u001b[1m${SEEN} \u001b[32m${SEEN}\u001b[39m\u001b[22m\n`,
    );
    expect(printed("quiet", (output) => output.result(HOSTILE))).toBe(`${SEEN}\n`);
  });

  it("is escaped in JSON, which stays one line and holds the same text", () => {
    const line = printed("json", (output) => output.event({ event: "prediction", class: HOSTILE }));
    expect(line.slice(0, -1)).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(line).class).toBe(HOSTILE);
  });

  it("leaves letters of all scripts, and joined emoji, as they are", () => {
    for (const name of ["Bär", "猫", "قطة", "👩\u200d👩\u200d👧"]) expect(written(name)).toBe(name);
  });
});
