import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** All sources of a folder, but for packages and built files. */
function sourcesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(ts|js)$/.test(path) && !/(^|\/)(node_modules|dist|results)\//.test(path))
    .map((path) => join(folder, path));
}

/** The texts of a file's doc comments, and of the line comment at its start. */
function docComments(code: string): string[] {
  const doc = [...code.matchAll(/\/\*\*([\s\S]*?)\*\//g)].map(([, text]) => text.replace(/^\s*\*? ?/gm, ""));
  const [head = ""] = code.match(/^(\/\/.*\n)+/) ?? [];
  return [...doc, head.replace(/^\/\/ ?/gm, "")].map((text) => text.trim());
}

const FOLDERS = ["assembly", "bench", "scripts", "src", "test", "web/src"];

describe("doc comments", () => {
  it.each(FOLDERS)("of %s begin with what a thing is or does, not with What, Whether or How", (folder) => {
    const found: string[] = [];
    let count = 0;
    for (const path of sourcesOf(folder)) {
      for (const text of docComments(readFileSync(join(ROOT, path), "utf8"))) {
        count++;
        if (/^(What|Whether|How)\b/.test(text)) found.push(`${path}: ${text.split("\n")[0]}`);
      }
    }
    expect(count).toBeGreaterThan(10);
    expect(found).toEqual([]);
  });

  it("are found in front of declarations and at the start of files", () => {
    expect(docComments("// How it works.\n\n/**\n * What it is.\n *\n * More.\n */\nexport const a = 1;\n")).toEqual([
      "What it is.\n\nMore.",
      "How it works.",
    ]);
  });
});
