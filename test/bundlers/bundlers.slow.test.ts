// The published package in what bundlers make that the tests have at hand: programs for servers, and a page.

import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installedApp, removeFolder, temporaryFolder } from "../browser/pages.ts";
import { expectWorks, writeServer } from "./server.ts";

let folder: string | undefined;
let app = "";
beforeAll(async () => {
  folder = await temporaryFolder();
  app = await installedApp(folder);
  writeServer(app);
});
afterAll(() => removeFolder(folder));

/** A folder where a program runs without any package. */
function away(name: string): string {
  const path = join(folder ?? "", name);
  mkdirSync(path);
  writeFileSync(join(path, "package.json"), '{ "type": "module" }');
  return path;
}

describe("a server's program", () => {
  it.each(["cjs", "esm"] as const)(
    "by esbuild, as one %s file, trains and reads as from the package",
    async (format) => {
      const outdir = away(`esbuild-${format}`);
      const outExtension = { ".js": format === "cjs" ? ".cjs" : ".mjs" };
      const entryPoints = [join(app, "server.js")];
      await esbuild({ entryPoints, outdir, outExtension, format, bundle: true, platform: "node", logLevel: "silent" });
      await expectWorks(outdir, `server${outExtension[".js"]}`);
    },
  );

  it("by vite --ssr trains and reads as from the package", async () => {
    const build = { ssr: "server.js", outDir: join(app, "out-ssr") };
    await vite({ root: app, configFile: false, logLevel: "error", build, ssr: { noExternal: true } });
    // Where no package is found.
    const path = away("ssr");
    renameSync(build.outDir, join(path, "out"));
    await expectWorks(join(path, "out"), "server.mjs");
  });
});

describe("README's page by Vite, as it comes", () => {
  /** Bytes of each script, by its name without the hash. */
  let scripts: ReadonlyMap<string, number>;
  beforeAll(async () => {
    const readme = readFileSync("README.md", "utf8");
    const [, page] = /```html\n([\s\S]*?)```/.exec(readme) ?? [];
    const root = join(app, "page");
    mkdirSync(root);
    writeFileSync(join(root, "index.html"), page.replace("./convasm.full.min.js", "convasm"));
    await vite({ root, configFile: false, logLevel: "error" });
    const assets = join(root, "dist/assets");
    const sizes = readdirSync(assets).map((name) => [
      name.replace(/-[\w-]{8}\.js$/, ""),
      statSync(join(assets, name)).size,
    ]);
    scripts = new Map(sizes.map(([name, size]) => [String(name), Number(size)]));
  });

  it("has a worker of at most 525 kB: HDF5's library is not in it", () => {
    expect(scripts.get("browser-worker")).toBeGreaterThan(200_000);
    expect(scripts.get("browser-worker")).toBeLessThanOrEqual(525_000);
  });

  it("loads at most 200 kB beside it; what only some files take is a script of its own", () => {
    expect(scripts.get("index")).toBeLessThanOrEqual(200_000);
    const large = [...scripts].filter(([name, size]) => size > 200_000 && name !== "browser-worker");
    expect(large.map(([name]) => name)).toEqual(["hdf5_hl"]);
  });
});
