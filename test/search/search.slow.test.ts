// Whole searches as processes: the same table whatever happens to them.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONVASM, cleanEnvironment, convasm, interruptAt } from "../cli/process.ts";
import { writeSmallData } from "../cli/small-data.ts";

let cwd = "";
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "convasm-search-"));
  writeSmallData(join(cwd, "data"), 400, 100);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const TRAIN = { model: "strided", engine: "simd", epochs: 3, batchSize: 20 };

/** Writes a space and returns its path. */
function space(name: string, file: object): string {
  const path = join(cwd, `${name}.json`);
  writeFileSync(path, JSON.stringify({ space: { lr: { log: [0.01, 0.5] } }, train: TRAIN, ...file }));
  return path;
}

/** A table without its last three columns, which are of time and place. */
function table(folder: string, name = "trials.csv"): string[] {
  const lines = readFileSync(join(cwd, folder, name), "utf8")
    .trimEnd()
    .split("\n");
  expect(lines[0]).toMatch(/,seconds,endedAt,host$/);
  return lines.map((line) => line.split(",").slice(0, -3).join(","));
}

async function search(words: readonly string[]) {
  const { code, stderr, ...rest } = await convasm(["search", ...words], { cwd });
  expect(stderr.replace(/^search: .* held out .*\n/, "")).toBe("");
  expect(code).toBe(0);
  return rest;
}

const CASES: Readonly<Record<string, object>> = {
  random: { way: "random", trials: 8 },
  "folds and seeds": { way: "quasiRandom", trials: 3, folds: 3, seeds: 2 },
  halving: { way: "halving", trials: 9 },
};

describe("the table of a search", () => {
  it.each(Object.entries(CASES))(
    "of %s is the same for one training at a time, three, and after deaths",
    async (name, file) => {
      const path = space(name.replaceAll(" ", "-"), file);
      const place = path.slice(cwd.length + 1, -".json".length);
      await search([path, "data", "--slots", "1", "--out", `${place}-1`, "--json"]);
      await search([path, "data", "--slots", "3", "--out", `${place}-3`, "--json"]);
      const want = table(`${place}-1`);
      expect(want.length).toBeGreaterThan(3);
      expect(table(`${place}-3`)).toEqual(want);

      // Killed after the start, after some results, and once more while it takes up again; the last one ends it.
      let words = [path, "data", "--slots", "2", "--out", `${place}-k`, "--json"];
      for (const event of ["start", "run", "run", undefined]) {
        const ended = await killedAfter(words, event);
        expect(ended).toBe(event === undefined ? 0 : null);
        words = ["--resume", `${place}-k`, "--slots", "2", "--json"];
      }
      expect(table(`${place}-k`)).toEqual(want);
      if (name === "folds and seeds") expect(table(`${place}-k`, "runs.csv")).toEqual(table(`${place}-3`, "runs.csv"));
    },
  );

  it("is the same after Ctrl-C, which ends all trainings, says how to go on, and leaves table and report", async () => {
    const path = space("stopped", { way: "random", trials: 6 });
    await search([path, "data", "--out", "stopped-whole", "--json"]);
    const words = [path, "data", "--slots", "2", "--out", "stopped-s", "--json"];
    const onOutput = interruptAt('"event":"result"');
    const { code, stderr } = await convasm(["search", ...words], { cwd, onOutput });
    expect([code, stderr]).toEqual([130, expect.stringMatching(/search --resume \S*stopped-s/)]);
    expect(table("stopped-s").length).toBeLessThan(7);
    expect(readFileSync(join(cwd, "stopped-s", "report.html"), "utf8")).toContain("<svg");
    await search(["--resume", "stopped-s", "--json"]);
    expect(table("stopped-s")).toEqual(table("stopped-whole"));
  });

  it("is that of the trainings by train itself, with the same settings", async () => {
    const path = space("alone", { way: "random", trials: 2, seeds: 2, retrain: undefined });
    const { event } = await search([path, "data", "--out", "alone-s", "--retrain", "--json"]);
    const { command, retrained, model } = event("end");
    expect(Object.keys(Object(retrained))).toContain("testAccuracy");
    expect(readFileSync(String(model)).length).toBeGreaterThan(1000);
    const rows = readFileSync(join(cwd, "alone-s", "runs.csv"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    const of = (row: string[], name: string) => row[rows[0].indexOf(name)];
    const best = String(event("end").command).split(" ");
    const again = best.slice(best.indexOf("train"));
    const { stderr, event: trained } = await convasm([...again, "--seed", "1", "--out", "again", "--json"], { cwd });
    expect(stderr).toBe("");
    const { trial } = Object(event("end").best);
    const run = rows.slice(1).filter((row) => of(row, "trial") === String(trial))[1];
    const { valAccuracy, valLoss } = trained("done");
    expect(command).toContain("--lr=");
    expect([String(valAccuracy), String(valLoss)]).toEqual([of(run, "valAccuracy"), of(run, "valLoss")]);
  });
});

/** Runs a search, and kills it with its first event of a kind. Returns its exit code: null for a killed one. */
function killedAfter(words: readonly string[], event: string | undefined): Promise<number | null> {
  const child = spawn(process.execPath, [CONVASM, "search", ...words], { cwd, env: cleanEnvironment(cwd) });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (event !== undefined && text.includes(`"event":"${event}"`)) child.kill("SIGKILL");
  });
  return new Promise((resolve) => child.on("close", resolve));
}
