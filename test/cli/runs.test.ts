// Runs as their folders tell of them: facts, lists, names, and what a failed run leaves.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { basename, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fittedTable } from "../../src/cli/fitted-table.ts";
import { version } from "../../src/node/version.ts";
import { smallTraining, writeClasses } from "./class-folders.ts";
import { convasmHere, type InProcessOptions } from "./in-process.ts";
import { type Result, temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
const here = (...names: string[]) => join(cwd, ...names);
const convasm = (words: readonly string[], options: Partial<InProcessOptions> = {}) =>
  convasmHere(words, { cwd, ...options });
const train = (...words: string[]) => convasm(["train", "pets", ...smallTraining(cwd), "--json", ...words]);
const factsOf = (folder: string, file: string) => JSON.parse(readFileSync(here(folder, file), "utf8"));

/** Presses Ctrl-C after the first epoch. */
const cutShort: InProcessOptions["onOutput"] = (text, interrupt) => {
  if (text.includes('"event":"epoch"')) interrupt();
};

const done: Result[] = [];

beforeAll(async () => {
  writeClasses(here("pets", "train"), { cat: 16, dog: 16, hen: 16 });
  writeClasses(here("pets", "test"), { cat: 6, dog: 6, hen: 6 }, { seed: 2 });
  done.push(await train("--epochs", "3", "--validation", "9", "--lr", "0.01"));
  done.push(await train("--epochs", "2", "--validation", "9", "--lr", "0.00001", "--out", "runs/slow"));
  const words = ["train", "pets", ...smallTraining(cwd), "--json", "--epochs", "4", "--out", "runs/cut"];
  done.push(await convasm(words, { onOutput: cutShort }));
  expect(done.map(({ code }) => code)).toEqual([0, 0, 130]);
});
afterAll(remove);

describe("the facts of a run", () => {
  it("stand in the last line of --json and in metrics.json", () => {
    const facts = {
      network: "small.json",
      recipe: null,
      seed: 0,
      settings: { epochs: 3, batchSize: 8, optimizer: { type: "adam", learningRate: 0.01 } },
      data: { title: "pets", classes: 3, trainImages: 39, validationImages: 9, testImages: 18 },
      version: version(),
      node: process.version,
      cpu: cpus()[0]?.model.trim() || "unknown",
      engine: "simd",
      threads: 1,
      seconds: expect.any(Number),
      trainSeconds: expect.any(Number),
      testImages: 18,
    };
    const last = done[0].event("done");
    expect(last).toMatchObject(facts);
    const folder = basename(join(String(last.model), ".."));
    expect(factsOf(join("runs", folder), "metrics.json")).toMatchObject({ ...facts, testLoss: last.testLoss });
    expect(factsOf(join("runs", folder), "settings.json")).toMatchObject({
      version: version(),
      cpu: facts.cpu,
      threads: 1,
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it.each<[what: string, words: string[], message: RegExp]>([
    ["diverged in its first epoch", ["--optimizer", "sgd", "--lr", "3e38"], /expected a? ?finite/],
    ["with a refused option", ["--early-stopping", "3"], /--validation/],
    ["without its data", ["--data", "nowhere"], /--data|no such/],
  ])("are none of a run that failed: %s", async (_, words, message) => {
    const before = readdirSync(here("runs"));
    for (const out of [[], ["--out", "new/folder"], ["--out", "there"]]) {
      mkdirSync(here("there"), { recursive: true });
      const failed = await train(...words, ...out);
      expect(failed.code).toBe(2);
      expect(failed.stderr).toMatch(message);
      expect(existsSync(here("new"))).toBe(false);
      expect(readdirSync(here("there"))).toEqual([]);
    }
    expect(readdirSync(here("runs"))).toEqual(before);
  });
});

describe("convasm runs", () => {
  const list = async (...words: string[]) => (await convasm(["runs", "--json", ...words])).json();
  const namesOf = (runs: Record<string, unknown>[]) => runs.map(({ name }) => String(name).replace(/^\d.*/, "first"));

  it("lists the runs, the latest first, with what differs between them", async () => {
    const runs = await list();
    expect(namesOf(runs)).toEqual(["cut", "slow", "first"]);
    expect(runs.map(({ state }) => state)).toEqual(["unfinished", "finished", "finished"]);
    expect(runs[2]).toMatchObject({
      data: "pets",
      network: "small.json",
      epochs: 3,
      epochsDone: 3,
      testAccuracy: done[0].event("done").testAccuracy,
      valLoss: expect.any(Number),
      differs: { "optimizer.learningRate": 0.01, validation: 9 },
      settings: { cpu: expect.any(String) },
      problems: [],
    });
    expect(runs[0]).toMatchObject({ epochs: 4, epochsDone: 1, testAccuracy: null, differs: { validation: null } });
    const { stdout, stderr } = await convasm(["runs"]);
    expect(stderr).toBe("");
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^run +data +network +settings +epochs +validation +test +time +state$/);
    const { isTTY, columns } = process.stdout;
    Object.assign(process.stdout, { isTTY: true, columns: 40 });
    const narrow = await convasm(["runs"]);
    Object.assign(process.stdout, { isTTY, columns });
    expect(narrow.stdout.split("\n")[0]).toMatch(/^run .* state$/);
    expect(lines[1]).toMatch(/^cut +pets +small\.json +learningRate 0\.03 +1\/4 .* unfinished$/);
    expect(lines[2]).toMatch(/^slow +pets +small\.json +learningRate 0\.00001, validation 9 +2 +\S+ % @ 2 /);
  });

  it("says which subcommand was probably meant", async () => {
    const { code, stderr } = await convasm(["runs", "comprae", "cut"]);
    const said = 'convasm: runs: expected a folder, or compare, got "comprae"; did you mean compare?\n';
    expect([code, stderr]).toEqual([2, said]);
    const recipes = await convasm(["recipes", "shwo"]);
    expect(recipes.stderr).toContain('expected no word, or one of show, report, got "shwo"; did you mean show?');
  });

  it("sorts and filters", async () => {
    expect(namesOf(await list("--sort", "name", "--reverse"))).toEqual(["slow", "cut", "first"]);
    const best = await list("--sort", "test");
    expect(namesOf(best)[2]).toBe("cut");
    expect(Number(best[0].testAccuracy)).toBeGreaterThanOrEqual(Number(best[1].testAccuracy));
    expect(namesOf(await list("--sort", "test", "--reverse"))[2]).toBe("cut");
    expect(await list("--limit", "1")).toHaveLength(1);
    expect(await list("--data", "PET", "--model", "small")).toHaveLength(3);
    expect(await list("--recipe", "small")).toEqual([]);
    expect((await convasm(["runs", "--data", "mnist"])).stdout).toBe("None of the 3 runs in runs fits\n");
    mkdirSync(here("none"));
    expect((await convasm(["runs", "none"])).stdout).toBe("No runs in none\n");
  });

  it("shows runs of before with what they have, and mentions broken folders", async () => {
    mkdirSync(here("older", "old"), { recursive: true });
    mkdirSync(here("older", "empty"));
    mkdirSync(here("older", "broken"));
    const {
      version: _v,
      cpu: _c,
      threads: _t,
      startedAt: _s,
      ...settings
    } = factsOf(join("runs", "slow"), "settings.json");
    writeFileSync(here("older", "old", "settings.json"), JSON.stringify(settings));
    utimesSync(here("older", "old", "settings.json"), 1e9, 1e9);
    writeFileSync(here("older", "broken", "settings.json"), "{");
    writeFileSync(here("older", "broken", "history.csv"), "no history\n");
    const { code, stderr, ...result } = await convasm(["runs", "older", "--json"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^older\/broken: settings\.json: .*\nolder\/broken: history\.csv: .*\n$/);
    const [broken, old] = result.json();
    expect(broken).toMatchObject({ name: "broken", network: null, problems: [expect.any(String), expect.any(String)] });
    expect(old).toMatchObject({
      name: "old",
      network: "small.json",
      startedAt: "2001-09-09T01:46:40.000Z",
      testLoss: null,
    });
  });

  it("fits the terminal", () => {
    const columns = [
      { head: "run", cells: ["a-long-name", "b"] },
      { head: "settings", cells: ["learningRate 0.01, batchSize 32", ""], least: 10 },
      { head: "time", cells: ["1.0 s", "12.0 s"], right: true, leave: 1 },
      { head: "none", cells: ["", ""] },
    ];
    expect(fittedTable(columns, Number.POSITIVE_INFINITY)).toEqual([
      "run          settings                           time",
      "a-long-name  learningRate 0.01, batchSize 32   1.0 s",
      "b                                             12.0 s",
    ]);
    expect(fittedTable(columns, 40)).toEqual([
      "run          settings               time",
      "a-long-name  learningRate 0.01,…   1.0 s",
      "b                                 12.0 s",
    ]);
    expect(fittedTable(columns, 24)).toEqual(["run          settings", "a-long-name  learningRa…", "b"]);
  });
});

describe("convasm runs compare", () => {
  it("prints what differs, and figures side by side", async () => {
    const { stdout, stderr } = await convasm(["runs", "compare", "slow", "cut"]);
    expect(stderr).toBe("");
    const rows = stdout.trimEnd().split("\n");
    expect(rows[0]).toMatch(/^ +slow +cut$/);
    expect(rows[1]).toMatch(/^optimizer\.learningRate +0\.00001 +0\.03$/);
    expect(rows).toContainEqual(expect.stringMatching(/^epochs +2 +1\/4$/));
    expect(rows).toContainEqual(expect.stringMatching(/^test accuracy +\d+\.\d\d %$/));
    expect(rows).toContainEqual(expect.stringMatching(/^state +unfinished$/));
    const [slow, cut] = (await convasm(["runs", "compare", "runs/slow", "@latest", "--json"])).json();
    expect(slow).toMatchObject({ name: "slow", differs: { "optimizer.learningRate": 0.00001, validation: 9 } });
    expect(cut).toMatchObject({ name: "cut", history: [{ epoch: 1 }] });
  });

  it("draws curves over one another, with the names of the runs", async () => {
    const result = await convasm(["runs", "compare", "@latest", "slow", "2", "--svg", "curves.svg"]);
    expect(result.stdout).toMatch(/\nCurves +curves\.svg\n$/);
    const svg = readFileSync(here("curves.svg"), "utf8");
    expect(svg).toContain(">3 runs: small.json on pets<");
    for (const name of ["cut: learningRate 0.03", "slow: learningRate 0.00001, validation 9"])
      expect(svg).toContain(`>${name}<`);
    // Two panels, in each the training of three runs and the validation of two.
    expect(svg.match(/<path /g)).toHaveLength(2 * (3 + 2));
    expect(new Set(svg.match(/<path [^>]*stroke="[^"]*/g)?.map((path) => path.slice(-7))).size).toBe(3);
    const refused = await convasm(["runs", "compare", "cut", "slow", "--svg", "nowhere/curves.svg"]);
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
  });

  it("says what it needs", async () => {
    const errorOf = async (...words: string[]) => (await convasm(["runs", "compare", ...words])).stderr;
    expect(await errorOf("slow")).toBe("convasm: runs compare: expected two or more runs, got 1 run\n");
    expect(await errorOf("slow", "fast")).toMatch(
      /^convasm: runs compare "fast": expected a run, got no such folder, .*\n$/,
    );
    expect(await errorOf("slow", "pets")).toMatch(/"pets": expected a run, got none of its files\n$/);
  });
});

describe("the names of runs", () => {
  const evaluated = async (word: string) => {
    const { code, stderr, ...result } = await convasm(["eval", word, "--json"]);
    return code === 0 ? String(result.event("done").model) : stderr;
  };

  it("are @latest, what goes back from it, and the begin of a name, wherever a model is wanted", async () => {
    expect(await evaluated("@latest")).toBe("runs/cut/checkpoint.safetensors");
    expect(await evaluated("@latest~1")).toBe("runs/slow/model.safetensors");
    expect(await evaluated("runs/@latest~1")).toBe("runs/slow/model.safetensors");
    expect(await evaluated("sl")).toBe("runs/slow/model.safetensors");
    expect(await evaluated("@latest~7")).toMatch(
      /^convasm: model "@latest~7": expected 8 runs in runs or put elsewhere by --out from here, got 3\n$/,
    );
    expect(await evaluated("elsewhere/@latest")).toMatch(/expected a run in elsewhere, got none\n$/);
    expect(await evaluated("x")).toMatch(/^convasm: cannot read "x": no such file or folder\n$/);
    mkdirSync(here("runs", "slower"));
    writeFileSync(here("runs", "slower", "settings.json"), "{}");
    expect(await evaluated("slo")).toMatch(
      /expected the begin of one run's name, got that of "slow(er)?", "slow(er)?"\n$/,
    );
    expect(await evaluated("slow")).toBe("runs/slow/model.safetensors");
    const { stdout } = await convasm(["inspect", "@latest~1", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ event: "model", model: "runs/slow/model.safetensors" });
    expect((await convasm(["export", "@latest", "--to", "html", "-o", "page.html"])).code).toBe(0);
  });

  it("go on with --resume", async () => {
    const resumed = await convasm(["train", "--resume", "@latest", "--json"]);
    expect(resumed.stderr).toBe("");
    expect(resumed.event("done")).toMatchObject({ model: "runs/cut/model.safetensors" });
    const again = await convasm(["train", "--resume", "@latest"]);
    expect(again.stderr).toMatch(
      /expected a checkpoint of an unfinished run, got one of a finished run; --epochs trains/,
    );
    renameSync(here("runs"), here("moved"));
    const none = await convasm(["train", "--resume", "@latest"]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("expected a run in runs or put elsewhere")]);
    renameSync(here("moved"), here("runs"));
  });

  it("are also those of runs that --out put elsewhere from this folder, and of runs in folders inside others", async () => {
    const outside = temporaryFolder();
    const places = ["tries/lr/a", join(outside.path, "b")];
    for (const out of places) expect((await train("--epochs", "1", "--out", out)).code).toBe(0);
    const [a, b] = places;
    expect(await evaluated("@latest")).toBe(relative(cwd, join(b, "model.safetensors")));
    expect(await evaluated("@latest~1")).toBe(`${a}/model.safetensors`);
    expect(await evaluated("tries/@latest")).toBe(`${a}/model.safetensors`);
    expect(await evaluated("tries/l")).toBe(`${a}/model.safetensors`);
    const listed = (await convasm(["runs", "--json"])).json();
    expect(listed.slice(0, 2).map(({ name }) => name)).toEqual([relative(cwd, b), a]);
    expect(listed).toHaveLength(6);
    expect((await convasm(["runs", "tries", "--json"])).json()).toMatchObject([{ name: "lr/a", path: "tries/lr/a" }]);
    const compared = (await convasm(["runs", "compare", "@latest", "tries/@latest", "--json"])).json();
    expect(compared.slice(0, 2).map(({ path }) => path)).toEqual([relative(cwd, b), a]);
    // Another folder has its own latest run, and one that is gone is none.
    const other = await convasmHere(["eval", "@latest"], { cwd: outside.path, env: { XDG_CACHE_HOME: here("cache") } });
    expect(other.stderr).toContain("expected a run in runs or put elsewhere by --out from here, got none");
    outside.remove();
    expect(await evaluated("@latest")).toBe(`${a}/model.safetensors`);
  });
});
