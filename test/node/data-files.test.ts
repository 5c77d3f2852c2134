import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDataFiles, openDataFiles } from "../../src/node/data-files.ts";
import { readFileBounded } from "../../src/node/files.ts";
import { readSafetensors } from "../../src/node/safetensors.ts";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "convasm-data-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes files under a new folder; where there is no content, a folder. */
function made(name: string, files: Readonly<Record<string, string | undefined>>): string {
  const root = join(folder, name);
  for (const [path, content] of Object.entries(files)) {
    const full = join(root, path);
    mkdirSync(content === undefined ? full : join(full, ".."), { recursive: true });
    if (content !== undefined) writeFileSync(full, content);
  }
  return root;
}

async function namesIn(path: string): Promise<string[]> {
  return (await openDataFiles(path)).map(({ name }) => name).sort();
}

describe("folders of data on a disk", () => {
  it.skipIf(process.platform === "win32")("are walked once where they link to themselves", async () => {
    const root = made("loop", { "a/1": "x", "b/2": "x" });
    symlinkSync("..", join(root, "a", "up"));
    symlinkSync(root, join(root, "b", "top"));
    symlinkSync("../a", join(root, "b", "other"));
    expect(await namesIn(root)).toEqual(["loop/a/1", "loop/b/2", "loop/b/other/1"]);
  });

  it("are walked to the end, however deep they are", async () => {
    const root = made("deep", { "a/b/c/d/e/f/g/1": "x" });
    expect(await namesIn(root)).toEqual(["deep/a/b/c/d/e/f/g/1"]);
  });

  it.skipIf(process.platform === "win32")("name a link that leads nowhere, or leave it out with a note", async () => {
    const root = made("nowhere", { "train.csv": "label,a,b,c,d\n1,0,255,0,255\n0,255,0,255,0\n" });
    symlinkSync("gone.csv", join(root, "test.csv"));
    await expect(loadDataFiles(root)).rejects.toThrow(/cannot read ".*test.csv": no such file or folder/);
    const { train, notes } = await loadDataFiles(root, { skipBroken: true });
    expect(train?.length).toBe(2);
    expect(notes).toContainEqual(expect.stringMatching(/^left out what cannot be read: 1 unreadable \(cannot read/));
  });
});

describe.skipIf(process.platform === "win32")("pipes", () => {
  const pipe = (name: string) => {
    const path = join(folder, name);
    execFileSync("mkfifo", [path]);
    return path;
  };

  it("are read from their first byte on", async () => {
    const path = pipe("written");
    const text = `label,a,b,c,d\n${"1,0,255,0,255\n0,255,0,255,0\n".repeat(20_000)}`;
    const [{ train }] = await Promise.all([loadDataFiles(path), writeFile(path, text)]);
    expect(train?.length).toBe(40_000);
  });

  it("are refused where nobody writes to them", async () => {
    const path = pipe("silent");
    const refused = `${JSON.stringify(path)}: expected data, got a pipe to which nobody writes`;
    await expect(loadDataFiles(path)).rejects.toThrow(refused);
    await expect(readFileBounded(path, 100)).rejects.toThrow(refused);
    await expect(readSafetensors(path)).rejects.toThrow(`cannot read ${JSON.stringify(path)}: is not a regular file`);
  });

  it("are refused where more comes than is allowed", async () => {
    const path = pipe("long");
    const writing = writeFile(path, "x".repeat(100_000)).catch(() => {});
    await expect(readFileBounded(path, 1000)).rejects.toThrow("expected a file of at most 1000 bytes, got more");
    await writing;
  });
});
