// The package as npm would publish it, installed in a folder of its own.

import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installedApp, removeFolder, temporaryFolder } from "./browser/pages.ts";
import { TRAINED } from "./bundlers/server.ts";

const run = promisify(execFile);

let folder: string | undefined;
let app = "";
let library = "";
beforeAll(async () => {
  folder = await temporaryFolder();
  app = await installedApp(folder);
  library = join(app, "node_modules", "convasm");
});
afterAll(() => removeFolder(folder));

/** Paths of the files, from the package's folder. */
function files(): string[] {
  return readdirSync(library, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(library.length + 1));
}

/** Every file that package.json points at, by the condition or the field. */
function targets(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(targets) : [];
}

describe("the package", () => {
  it("holds what was built and documents, and no module whose source is gone", () => {
    const top = new Set(files().map((path) => path.split("/")[0]));
    const documents = ["CHANGELOG.md", "LICENSE", "README.md"];
    expect([...top].sort()).toEqual([...documents, "bin", "build", "dist", "docs", "package.json"]);
    const bundles =
      /^dist\/(browser\/.*|packed\/.*|node\/convasm[\w-]*|worker\/browser-worker|convasm(\.full)?\.min)\.js$/;
    const modules = files().filter((path) => /^dist\/.*\.js$/.test(path) && !bundles.test(path));
    expect(modules.length).toBeGreaterThan(200);
    const stale = modules.filter((path) => !existsSync(path.replace(/^dist/, "src").replace(/\.js$/, ".ts")));
    expect(stale, "npm run build removes them").toEqual([]);
  });

  it("has every file that its description names", () => {
    const { exports, bin, unpkg, jsdelivr, sideEffects } = JSON.parse(
      readFileSync(join(library, "package.json"), "utf8"),
    );
    const named = targets([exports, bin, unpkg, jsdelivr, sideEffects]);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((path) => !existsSync(join(library, path)))).toEqual([]);
  });

  it("says by whom it is, and under which licence anybody may use it", () => {
    const { license, author, keywords } = JSON.parse(readFileSync(join(library, "package.json"), "utf8"));
    expect({ license, author }).toEqual({ license: "MIT", author: "convasm contributors" });
    expect(readFileSync(join(library, "LICENSE"), "utf8")).toMatch(
      /^MIT License\n\nCopyright \(c\) 2026 convasm contributors\n/,
    );
    expect(keywords.length).toBeGreaterThan(4);
  });

  it("has every file that its documents link to", () => {
    const documents = files().filter((path) => path.endsWith(".md"));
    const missing = documents.flatMap((path) => {
      const text = readFileSync(join(library, path), "utf8");
      const targets = [...text.matchAll(/\]\((?!\w+:)([^)#\s]+)/g)].map(([, target]) => target);
      return targets.filter((to) => !existsSync(join(library, dirname(path), to))).map((to) => `${path}: ${to}`);
    });
    expect(missing).toEqual([]);
  });

  it("has every file that its modules import", () => {
    const missing = files()
      .filter((path) => /\.(js|d\.ts)$/.test(path))
      .flatMap((path) => {
        const { importedFiles } = ts.preProcessFile(readFileSync(join(library, path), "utf8"), true, true);
        const local = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith("."));
        const there = (name: string) =>
          // TypeScript's own imports name the source.
          [name, name.replace(/\.ts$/, ".d.ts")].some((each) => existsSync(join(library, dirname(path), each)));
        return local.filter((name) => !there(name)).map((name) => `${path}: ${name}`);
      });
    expect(missing).toEqual([]);
  });

  it.each([
    ["a bundler's", ts.ModuleResolutionKind.Bundler, ts.ModuleKind.ESNext],
    ["Node's", ts.ModuleResolutionKind.NodeNext, ts.ModuleKind.NodeNext],
  ])("has types at each of its names, by %s rules", (_, moduleResolution, module) => {
    const file = join(app, "types.mts");
    writeFileSync(
      file,
      `import { createModel, exportModel, flatten, type Model } from "convasm";
import { loadMnist, weightsSha256 } from "convasm/node";
import { createModel as inline } from "convasm/inline";
import { createModel as separate } from "convasm/browser";
import { describeOptions } from "convasm/options";
import "convasm/worker";
const model: Model = createModel({ input: [28, 28, 1], layers: [flatten()] });
export const files: Promise<readonly { readonly name: string }[]> = exportModel(model, { format: "html" });
export const hash: string = weightsSha256(model);
export const labels: string[] = describeOptions("layer", "dense").map(({ label }) => label);
export const made = [inline, separate, loadMnist];
// @ts-expect-error No such shape: where types are lost, nothing is an error.
createModel({ input: "28", layers: [] });
`,
    );
    const lib = ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"];
    const options = {
      module,
      moduleResolution,
      target: ts.ScriptTarget.ES2022,
      strict: true,
      noEmit: true,
      types: [],
      lib,
    };
    const program = ts.createProgram([file], { ...options, skipLibCheck: true });
    const said = ts.getPreEmitDiagnostics(program).map(({ messageText, file: at, start = 0 }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, "\n");
      return `${at?.fileName}:${at?.getLineAndCharacterOfPosition(start).line} ${text}`;
    });
    expect(said).toEqual([]);
  });

  it("runs in Node under its name, as a library with threads and sessions, and as a command", async () => {
    const program = `
      import * as convasm from "convasm";
      import * as same from "convasm/node";
      const { createModel, createSession, conv2d, dense, digits, flatten, weightsSha256 } = convasm;
      ${TRAINED}
      const remote = await session.createModel(options);
      await remote.compile({ ...compile, threads: 1 });
      await (await remote.fit(await session.digits({ count: 64, seed: 1 }))).finished;
      console.log(convasm === same || convasm.createModel === same.createModel, model.network.engine.threads);
      console.log(weightsSha256(model) === (await remote.weightsSha256()));
      session.terminate();
      model.dispose();`;
    writeFileSync(join(app, "program.mjs"), program);
    expect((await run(process.execPath, [join(app, "program.mjs")])).stdout).toBe("true 2\ntrue\n");
    const { stdout } = await run(process.execPath, [join(library, "bin", "convasm.js"), "--version"]);
    expect(stdout.trim()).toBe(JSON.parse(readFileSync(join(library, "package.json"), "utf8")).version);
  });

  it("starts in Node from a few files: readers, plain JavaScript's kernels and threads come when they are needed", () => {
    const start = join(library, "dist/node/convasm.js");
    const loaded = new Set([start]);
    for (const path of loaded) {
      for (const [, name] of readFileSync(path, "utf8").matchAll(/^(?:import|export) .*?"(\.[^"]+)";$/gm)) {
        loaded.add(join(dirname(path), name));
      }
    }
    expect(loaded.size).toBeLessThan(12);
    const text = [...loaded].map((path) => readFileSync(path, "utf8")).join("\n");
    for (const later of ["convasm-read-files.js", "convasm-reference.js", "convasm-assemble.js"]) {
      expect(text).toContain(`import("./${later}")`);
      expect([...loaded].filter((path) => path.endsWith(later))).toEqual([]);
    }
    expect(text).not.toMatch(/from "h5wasm"/);
    // Readers of data and of models share it.
    const parts = readdirSync(dirname(start)).filter((name) => name.endsWith(".js"));
    const holds = (name: string) => readFileSync(join(dirname(start), name), "utf8").includes('import("h5wasm")');
    expect(parts.filter(holds)).toHaveLength(1);
  });
});
