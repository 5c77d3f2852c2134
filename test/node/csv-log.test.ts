import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CsvLog } from "../../src/node/csv-log.ts";
import { CSV_HEADER, historyCsv } from "../../src/training/history-csv.ts";
import { epochEvent } from "../training/callbacks/run.ts";

let folder = "";
let path = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "csv-log-"));
  path = join(folder, "history.csv");
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Epochs `from` to `to` of a run; `attempt` shows in the loss. */
async function run(from: number, to: number, attempt = 1): Promise<void> {
  const log = new CsvLog(path);
  for (let epoch = from; epoch <= to; epoch++) await log.onEpochEnd(epochEvent({ epoch, trainLoss: attempt }));
}

/** Epoch and attempt of each row in the file. */
async function logged(): Promise<[number, number][]> {
  const [header, ...lines] = (await readFile(path, "utf8")).trimEnd().split("\n");
  expect(header).toBe(CSV_HEADER);
  return lines.map((line) => {
    const [epoch, loss] = line.split(",");
    return [Number(epoch), Number(loss)];
  });
}

describe("CsvLog", () => {
  it("writes a header and a row per epoch, and leaves no other file", async () => {
    await run(1, 2);
    const rows = historyCsv([1, 2].map((epoch) => epochEvent({ epoch })));
    expect(await readFile(path, "utf8")).toBe(rows);
    expect(await readdir(folder)).toEqual(["history.csv"]);
  });

  it("goes on in the file of the run that it resumes", async () => {
    await run(1, 2);
    await run(3, 4, 2);
    expect(await logged()).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
    ]);
  });

  it("has no epoch twice when a run is resumed from before its last row", async () => {
    await run(1, 5);
    await run(3, 3, 2);
    expect(await logged()).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
    ]);
  });

  it("starts anew with a run from epoch 1, also with the same object", async () => {
    await run(1, 3);
    await run(1, 1, 2);
    expect(await logged()).toEqual([[1, 2]]);
    const log = new CsvLog(path);
    for (const epoch of [1, 2, 1]) await log.onEpochEnd(epochEvent({ epoch, trainLoss: 3 }));
    expect(await logged()).toEqual([[1, 3]]);
  });

  it("takes an empty file as a new one", async () => {
    await writeFile(path, "");
    await run(1, 1);
    expect(await logged()).toEqual([[1, 1]]);
  });

  it("leaves a file alone that is no such log", async () => {
    await writeFile(path, "shopping,price\nbread,3\n");
    await expect(run(1, 1)).rejects.toThrow(/^csvLog ".*history\.csv": expected the columns epoch,/);
    expect(await readFile(path, "utf8")).toBe("shopping,price\nbread,3\n");
  });

  it("names the path where it cannot write", async () => {
    path = join(folder, "made", "history.csv");
    // A folder that is not there, or was removed meanwhile, is made.
    await run(1, 1);
    path = join(folder, "made", "history.csv", "history.csv");
    await expect(run(1, 1)).rejects.toThrow(/cannot .*history\.csv.*folder/);
    path = folder;
    await expect(run(1, 1)).rejects.toThrow(/is a folder/);
  });
});
