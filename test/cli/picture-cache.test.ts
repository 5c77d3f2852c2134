import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { smallTraining, writeClasses } from "./class-folders.ts";
import { convasmHere } from "./in-process.ts";
import { temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();

beforeAll(() => writeClasses(join(cwd, "pictures"), { cat: 8, dog: 8 }));

afterAll(remove);

const convasm = (...words: string[]) => convasmHere(words, { cwd });
const CACHED = "Cached    the pictures, decoded earlier; --no-cache decodes them anew";
const files = () => readdirSync(cwd, { recursive: true }).filter((name) => `${name}`.endsWith(".pictures"));

it("the second command takes decoded pictures from the cache, to the same bits, and --no-cache does not", async () => {
  const train = [
    "train",
    "pictures",
    ...smallTraining(cwd),
    "--split",
    "0.5",
    "--validation",
    "0.5",
    "--epochs",
    "2",
    "--json",
  ];
  const anew = await convasm(...train, "--no-cache", "--json", "--out", "anew");
  expect([anew.code, anew.stderr]).toEqual([0, ""]);
  expect(files()).toEqual([]);
  const first = await convasm(...train, "--out", "first");
  expect([first.code, first.stdout.includes("Cached")]).toEqual([0, false]);
  expect(files().length).toBeGreaterThan(0);
  const second = await convasm(...train, "--json", "--out", "second");
  expect([second.code, second.stderr]).toEqual([0, ""]);
  expect(second.event("done").weightsSha256).toBe(anew.event("done").weightsSha256);
  for (const words of [
    ["eval", "second"],
    ["data", "inspect", "pictures"],
    ["train", "--resume", "second", "--epochs", "3"],
  ]) {
    expect((await convasm(...words)).stdout).toContain(CACHED);
    const { code, stdout } = await convasm(...words.map((word) => (word === "3" ? "4" : word)), "--no-cache");
    expect([code, stdout.includes("Cached")]).toEqual([0, false]);
  }
});
