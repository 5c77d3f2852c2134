// Errors are told apart by class and code: nothing looks at the wording of a message.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const FILES = ["src", "web/src"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path)),
);

/** Methods that look into a text, or cut it. */
const LOOKS =
  /^(includes|startsWith|endsWith|match|matchAll|replace|replaceAll|slice|substring|split|indexOf|lastIndexOf|search|test|exec)$/;

/** An expression that is an error's message. */
const MESSAGE = /(\.message|^message|\breasonOf\(.*\))$/s;

/** The files that look at the words of foreign programs, each with what it looks for. */
const FOREIGN: Readonly<Record<string, string>> = {
  "src/cli/trouble.ts": "V8, Node and Deno say by words alone that memory or a permission is missing",
  "src/cli/command-error.ts": 'commander puts "error: " in front of its messages',
  "src/worker/host.ts": "browsers and Node say by words alone that an array finds no memory",
};

function findings(path: string): string[] {
  const source = ts.createSourceFile(path, readFileSync(join(ROOT, path), "utf8"), ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const isMessage = (node: ts.Node) => MESSAGE.test(node.getText());
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name, expression } = node.expression;
      if (LOOKS.test(name.text) && [expression, ...node.arguments].some(isMessage)) found.push(node.getText());
    }
    if (ts.isBinaryExpression(node) && /^[!=]==$/.test(node.operatorToken.getText())) {
      if ([node.left, node.right].some((side) => /\.message$/.test(side.getText()))) found.push(node.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.map((text) => `${path}: ${text}`);
}

it("looks at no message but those of foreign programs", () => {
  expect(FILES.length).toBeGreaterThan(300);
  expect(FILES.filter((path) => !(path in FOREIGN)).flatMap(findings)).toEqual([]);
});

it.each(Object.entries(FOREIGN))("finds what %s looks for: %s", (path) => {
  expect(findings(path)).not.toEqual([]);
});

it("throws no bare TypeError or RangeError in src: wrong input has a class and a code", () => {
  const bare = FILES.filter((path) => path.startsWith("src/") && path !== "src/errors.ts").filter((path) =>
    /\bnew (TypeError|RangeError)\(/.test(readFileSync(join(ROOT, path), "utf8")),
  );
  expect(bare).toEqual([]);
});
