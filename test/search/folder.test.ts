import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSearchFolder, readSearchFolder } from "../../src/search/folder.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convasm-search-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const train = { model: "strided", engine: "simd" };
const job = { version: "1.0.0", train, metric: "valAccuracy", maximize: true, folds: 1, seeds: 1, seed: 0 };
const kept = { job, epochs: 3, file: { space: { lr: { choice: [0.1, 0.2] } } }, given: { trials: 4 } };

describe("the folder of a search", () => {
  it("keeps the search, and is no one else's", async () => {
    const made = await createSearchFolder(folder, kept);
    expect(made).toEqual({ ...kept, id: made.id });
    expect(await readSearchFolder(folder)).toEqual(made);
    await expect(createSearchFolder(folder, kept)).rejects.toThrow("expected a folder without a search");
  });

  it("is free if its search was killed before it began", async () => {
    await expect(readSearchFolder(folder)).rejects.toThrow("expected a folder with a search, got none");
    writeFileSync(join(folder, "search.json"), "");
    await expect(readSearchFolder(folder)).rejects.toThrow("got one that was killed before");
    const { id } = await createSearchFolder(folder, kept);
    expect((await readSearchFolder(folder)).id).toBe(id);
  });

  it.each([
    ["{", "expected JSON in search.json"],
    ["[]", "search"],
    ['{"id": 1}', "expected id to be a text"],
  ])("refuses %s", async (text, message) => {
    writeFileSync(join(folder, "search.json"), text);
    await expect(readSearchFolder(folder)).rejects.toThrow(message);
  });
});
