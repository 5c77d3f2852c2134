// Builds the page in web/ into a folder of static files, which any server can serve: all its paths are relative.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The default folder that the page is built into. */
export const WEB_FOLDER = resolve(ROOT, "web/dist");

/**
 * Builds the page. It imports the published library, so that has to be built before.
 *
 * @param {string} folder the output; its content is removed
 */
export async function buildWeb(folder = WEB_FOLDER) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    // The worker's program is a file of its own; what both need is shared, what is rarely needed loaded when it is.
    entryPoints: {
      main: "web/src/main.ts",
      worker: "convasm/worker",
      "teach-worker": "web/src/teach/worker/main.ts",
      style: "web/styles/index.css",
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    // Else the paths of the type checks would lead around the published library.
    tsconfigRaw: {},
    logLevel: "warning",
    // Node's half of a package that has one.
    external: ["fs", "path", "module"],
  });
  for (const file of ["index.html", "icon.svg"]) cpSync(resolve(ROOT, "web", file), resolve(folder, file));
  writeOffline(folder);
}

/** Writes the service worker, which keeps all files of the page under a name for this build. */
function writeOffline(folder) {
  const names = readdirSync(folder).sort();
  const hash = createHash("sha256");
  for (const name of names) hash.update(name).update(readFileSync(resolve(folder, name)));
  const files = ["./", ...names].map((name) => JSON.stringify(name)).join(", ");
  const text = readFileSync(resolve(ROOT, "web/offline.js"), "utf8");
  const filled = text.replace('"{{files}}"', files).replace("{{version}}", hash.digest("hex").slice(0, 16));
  writeFileSync(resolve(folder, "offline.js"), filled);
}

const HELP = `Usage: npm run web:build -- [options]

build the page into a folder of static files, for any server

Options:
  --out <folder>  where to (default: web/dist)
  -h, --help      display help`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { out: { type: "string" }, help: { type: "boolean", short: "h" } } });
  if (values.help) console.log(HELP);
  else {
    const folder = values.out === undefined ? WEB_FOLDER : resolve(values.out);
    await buildWeb(folder);
    console.log(`The page is in ${folder}: index.html and what it needs`);
  }
}
