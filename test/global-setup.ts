// The command line and the builds for browsers are tested as users run them: from `dist`. This builds them where they are
// older than their source.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const main = join("cli", "main.js");

function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

export default function setup(): void {
  const newest = Math.max(...filesIn(join(root, "src")).map(changed));
  buildOptionHelp(Math.max(newest, changed(join(root, "scripts/build-option-help.js"))));
  const page = ["web/src", "web/styles"].flatMap((folder) => filesIn(join(root, folder)));
  page.push(join(root, "web/export.html"), join(root, "scripts/build-model-page.js"));
  buildModelPage(Math.max(newest, ...page.map(changed)));
  buildWasmTexts();
  buildNodeWorker(newest);
  buildModules(Math.max(newest, changed(join(root, "tsconfig.build.json"))));
  const forNode = Math.max(
    newest,
    ...["build-node.js", "node-bundle.js"].map((name) => changed(join(root, "scripts", name))),
  );
  if (changed(join(root, "dist/packed/convasm.js")) < forNode) runScript("build-node.js");
  const inputs = [join(root, "scripts", "build-browser.js"), ...filesIn(join(root, "build"))];
  buildForBrowsers(Math.max(newest, ...inputs.map(changed)));
}

function buildOptionHelp(newest: number): void {
  if (changed(join(root, "build", "command-help.js")) < newest) runScript("build-option-help.js");
}

function buildModelPage(newest: number): void {
  if (changed(join(root, "build", "model-page.js")) < newest) runScript("build-model-page.js");
}

function buildWasmTexts(): void {
  const engines = ["relaxed", "simd", "wide"];
  const inputs = engines.flatMap((engine) => [`build/${engine}.wasm`, `build/${engine}-extra.wasm`]);
  inputs.push("scripts/build-wasm-text.js", "scripts/pack-wasm.js", "scripts/wasm-streams.js");
  const newest = Math.max(...inputs.map((path) => changed(join(root, path))));
  if (changed(join(root, "build", "pair.text.js")) < newest) runScript("build-wasm-text.js");
}

function buildNodeWorker(newest: number): void {
  const scripts = ["build-node-worker.js", "node-bundle.js"].map((name) => changed(join(root, "scripts", name)));
  if (changed(join(root, "build", "node-worker.text.js")) < Math.max(newest, ...scripts)) {
    runScript("build-node-worker.js");
  }
}

function buildForBrowsers(newest: number): void {
  // The last one that the script writes.
  if (changed(join(root, "dist", "convasm.full.min.js")) < newest) runScript("build-browser.js");
}

function runScript(name: string): void {
  const script = join(root, "scripts", name);
  const { status, stderr } = spawnSync(process.execPath, [script], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} failed:\n${stderr}`);
}

function buildModules(newest: number): void {
  const dist = join(root, "dist");
  if (changed(join(dist, main)) >= newest) return;
  // Built elsewhere and moved in file by file, so that no program that starts in between reads half a file.
  const fresh = join(root, "node_modules", `.dist-${process.pid}`);
  try {
    const args = [
      join(root, "node_modules/typescript/bin/tsc"),
      "-p",
      join(root, "tsconfig.build.json"),
      "--outDir",
      fresh,
    ];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
    // `npm test` checks types first; here only what is compiled matters.
    if (status !== 0) console.warn(`dist was built with errors:\n${stdout}`);
    if (!existsSync(join(fresh, main))) throw new Error(`dist could not be built:\n${stdout}`);
    for (const file of filesIn(fresh)) {
      const target = join(dist, file.slice(fresh.length));
      if (existsSync(target) && readFileSync(target).equals(readFileSync(file))) continue;
      mkdirSync(dirname(target), { recursive: true });
      renameSync(file, target);
    }
    utimesSync(join(dist, main), new Date(), new Date());
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
