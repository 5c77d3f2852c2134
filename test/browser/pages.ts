/**
 * The page in `app/`, made ready in each of the ways in which pages get the library.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { copyFile, cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const APP = fileURLToPath(new URL("app", import.meta.url));

const run = promisify(execFile);

/** The built library. */
export const DIST = join(ROOT, "dist");

/** A folder for the work of one test file. */
export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "convasm-browser-"));
}

/** The page without a bundler: its own scripts, which import the library from an address. */
export async function plainPage(folder: string, library: string): Promise<string> {
  const page = join(folder, library.replaceAll("/", "-"));
  await mkdir(page, { recursive: true });
  await esbuild({
    entryPoints: ["main.js", "worker.js"].map((name) => join(APP, name)),
    outdir: page,
    bundle: true,
    format: "esm",
    logLevel: "error",
    plugins: [
      {
        name: "library",
        setup: (build) => build.onResolve({ filter: /^convasm$/ }, () => ({ path: library, external: true })),
      },
    ],
  });
  await copyFile(join(APP, "index.html"), join(page, "index.html"));
  return page;
}

/** Paths and states of all that the package is made of. */
function* packageParts(): Generator<string> {
  for (const name of ["bin", "build", "dist", "docs", "CHANGELOG.md", "LICENSE", "README.md", "package.json"]) {
    const path = join(ROOT, name);
    const inside = statSync(path).isDirectory() ? readdirSync(path, { recursive: true }) : [""];
    for (const part of inside) {
      const { size, mtimeMs } = statSync(join(path, String(part)));
      yield `${name}/${part} ${size} ${mtimeMs}`;
    }
  }
}

/** The package that would be published: made once for all that it is made of, and kept. */
async function packedPackage(): Promise<string> {
  const cache = join(ROOT, "node_modules", ".cache", "package");
  const packed = join(
    cache,
    `${createHash("sha256")
      .update([...packageParts()].join("\n"))
      .digest("hex")}.tgz`,
  );
  if (existsSync(packed)) return packed;
  const making = join(cache, String(process.pid));
  await mkdir(making, { recursive: true });
  // What `prepare` builds is there already.
  const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", making];
  const { stdout } = await run("npm", pack, { cwd: ROOT });
  const [{ filename }] = JSON.parse(stdout);
  await rename(join(making, filename), packed);
  await rm(making, { recursive: true });
  const old = readdirSync(cache).filter((name) => name.endsWith(".tgz") && join(cache, name) !== packed);
  for (const name of old) await rm(join(cache, name), { force: true });
  return packed;
}

/** The page's sources in a folder where the library is installed from the package that would be published. */
export async function installedApp(folder: string): Promise<string> {
  const app = join(folder, "app");
  const library = join(app, "node_modules", "convasm");
  await mkdir(library, { recursive: true });
  await run("tar", ["-xzf", await packedPackage(), "-C", library, "--strip-components", "1"]);
  await cp(APP, app, { recursive: true });
  const { dependencies } = JSON.parse(await readFile(join(library, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) {
    await mkdir(dirname(join(app, "node_modules", name)), { recursive: true });
    await symlink(join(ROOT, "node_modules", name), join(app, "node_modules", name));
  }
  return app;
}

/** The page by Vite, as it comes. */
export async function vitePage(app: string): Promise<string> {
  const outDir = join(app, "by-vite");
  await vite({ root: app, configFile: false, logLevel: "error", build: { outDir } });
  return outDir;
}

/** The page by esbuild: the program of the library's workers is an entry point of its own. */
export async function esbuildPage(app: string): Promise<string> {
  const outdir = join(app, "by-esbuild");
  await esbuild({
    absWorkingDir: app,
    entryPoints: { main: "./main.js", worker: "./worker.js", "browser-worker": "convasm/worker" },
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    logLevel: "error",
  });
  await copyFile(join(APP, "index.html"), join(outdir, "index.html"));
  return outdir;
}

/** Removes the folder. */
export async function removeFolder(folder: string | undefined): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}
