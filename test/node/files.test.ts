import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FileError } from "../../src/node/file-error.ts";
import { appendLines, claimFile, ensureFolder, readFileBounded, writeFileAtomic } from "../../src/node/files.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "convasm-files-"));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** Makes every file handle fail in one method, as a full disk would. */
async function failing(method: "writeFile" | "sync", code: string): Promise<void> {
  const handle = await open(folder, "r");
  const prototype: typeof handle = Object.getPrototypeOf(handle);
  await handle.close();
  vi.spyOn(prototype, method).mockRejectedValue(Object.assign(new Error(`${code}: from the test`), { code }));
}

describe("writeFileAtomic", () => {
  it("writes bytes and text, over what was there", async () => {
    const path = join(folder, "a.txt");
    await writeFileAtomic(path, "grün");
    expect(await readFile(path, "utf8")).toBe("grün");
    await writeFileAtomic(path, Uint8Array.of(1, 2, 255));
    expect([...(await readFile(path))]).toEqual([1, 2, 255]);
    expect(await readdir(folder)).toEqual(["a.txt"]);
  });

  it("removes what killed processes left of the same file, and nothing else", async () => {
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    const old = new Date(Date.now() - 60_000);
    const leave = async (name: string, time: Date) => {
      await writeFile(join(folder, name), "half");
      await utimes(join(folder, name), time, time);
    };
    await leave(`.a.txt.${gone}-1.tmp`, old);
    // Of a process that is there, just written, of another file, or no temporary file of ours.
    const stay = [`.a.txt.${process.ppid}-1.tmp`, `.b.txt.${gone}-1.tmp`, `.a.txt.${gone}.tmp`, ".a.txt.notes.tmp"];
    for (const name of stay) await leave(name, old);
    await leave(`.a.txt.${gone}-2.tmp`, new Date());
    await leave(`.a.txt.${process.ppid}-2.tmp`, new Date(Date.now() - 48 * 3600 * 1000));
    await writeFileAtomic(join(folder, "a.txt"), "whole");
    expect((await readdir(folder)).sort()).toEqual([...stay, `.a.txt.${gone}-2.tmp`, "a.txt"].sort());
  });

  it("makes a folder that was removed, where it is told to", async () => {
    const path = join(folder, "gone", "deep", "a.txt");
    await expect(writeFileAtomic(path, "x")).rejects.toThrow(FileError);
    await writeFileAtomic(path, "x", { makeFolder: true });
    expect(await readFile(path, "utf8")).toBe("x");
  });

  it("survives many writers of one file", async () => {
    const path = join(folder, "a.txt");
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
    expect(texts).toContain(await readFile(path, "utf8"));
    expect(await readdir(folder)).toEqual(["a.txt"]);
  });

  it.each([
    ["writeFile", "ENOSPC", "no space left on the disk"],
    ["sync", "ENOSPC", "no space left on the disk"],
    ["writeFile", "EACCES", "permission denied"],
    ["writeFile", "EIO", "EIO: from the test"],
  ] as const)("keeps the old file and leaves nothing behind when %s fails with %s", async (method, code, reason) => {
    const path = join(folder, "model.safetensors");
    await writeFile(path, "old");
    await failing(method, code);
    const failed = writeFileAtomic(path, "new");
    await expect(failed).rejects.toThrow(`cannot write ${JSON.stringify(path)}: ${reason}`);
    await expect(failed).rejects.toMatchObject({ name: "FileError", path, code });
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
    expect(await readFile(path, "utf8")).toBe("old");
  });

  it("says what stands in the way", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(writeFileAtomic(folder, "x")).rejects.toThrow("is a folder");
    await expect(writeFileAtomic(join(folder, "none", "a"), "x")).rejects.toThrow("no such file or folder");
    await expect(writeFileAtomic(join(folder, "file", "a"), "x")).rejects.toThrow("part of the path is not a folder");
    await expect(writeFileAtomic("/dev/null", "x")).rejects.toThrow(FileError);
  });

  it("writes through a symbolic link", async () => {
    await mkdir(join(folder, "there"));
    await writeFile(join(folder, "there", "a"), "old");
    await symlink(join(folder, "there", "a"), join(folder, "link"));
    await writeFileAtomic(join(folder, "link"), "new");
    expect(await readFile(join(folder, "there", "a"), "utf8")).toBe("new");
  });
});

describe("appendLines", () => {
  it("makes the file, then adds to it", async () => {
    const path = join(folder, "history.csv");
    await appendLines(path, "epoch,loss\n");
    await appendLines(path, "1,0.5\n2,0.25\n");
    expect(await readFile(path, "utf8")).toBe("epoch,loss\n1,0.5\n2,0.25\n");
  });

  it.each([
    ["epoch,loss\n1,0.", "epoch,loss\n2,1\n"],
    ["half", "2,1\n"],
    [`a\n${"x".repeat(200_000)}`, "a\n2,1\n"],
  ])("removes a half-written line", async (before, after) => {
    const path = join(folder, "history.csv");
    await writeFile(path, before);
    await appendLines(path, "2,1\n");
    expect(await readFile(path, "utf8")).toBe(after);
  });

  it("refuses half a line, and a folder", async () => {
    await expect(appendLines(join(folder, "a"), "1,2")).rejects.toThrow(RangeError);
    await expect(appendLines(folder, "1,2\n")).rejects.toThrow("is a folder");
  });
});

describe("readFileBounded", () => {
  it("reads a file up to the bound", async () => {
    const path = join(folder, "a");
    await writeFile(path, Uint8Array.of(1, 2, 3));
    expect([...(await readFileBounded(path, 3))]).toEqual([1, 2, 3]);
    await expect(readFileBounded(path, 2)).rejects.toThrow(
      new RangeError(`${JSON.stringify(path)}: expected a file of at most 2 bytes, got 3`),
    );
    await writeFile(path, "");
    expect((await readFileBounded(path, 0)).length).toBe(0);
  });

  it("stops in a file without an end", async () => {
    await expect(readFileBounded("/dev/zero", 1_000_000)).rejects.toThrow("at most 1000000 bytes, got more");
  });

  it("says what stands in the way", async () => {
    await expect(readFileBounded(folder, 10)).rejects.toThrow(`cannot read ${JSON.stringify(folder)}: is a folder`);
    const missing = join(folder, "none");
    const failed = readFileBounded(missing, 10);
    await expect(failed).rejects.toThrow(`cannot read ${JSON.stringify(missing)}: no such file or folder`);
    await expect(failed).rejects.toMatchObject({ code: "ENOENT" });
  });
});

it("ensureFolder makes folders, and says when a file is in the way", async () => {
  const path = join(folder, "a", "b");
  await ensureFolder(path);
  await ensureFolder(path);
  await writeFile(join(path, "file"), "");
  await expect(ensureFolder(join(path, "file"))).rejects.toThrow("a file of that name is there");
  await expect(ensureFolder(join(path, "file", "c"))).rejects.toThrow("part of the path is not a folder");
});

describe("claimFile", () => {
  it("gives a file to one of many who want it", async () => {
    const path = join(folder, "settings.json");
    const won = await Promise.all(Array.from({ length: 20 }, () => claimFile(path)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await claimFile(path)).toBe(false);
    await expect(claimFile(join(folder, "nowhere", "a"))).rejects.toThrow(FileError);
  });
});
