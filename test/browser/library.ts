/**
 * The library as a page loads it, bundled from `dist`: `/convasm.js` and its worker, with the wasm files where they are looked for.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Files and folders for `startServer`. The page is empty and has the library as `convasm`. */
export async function libraryFiles() {
  const bundle = async (entry: string) => {
    const { outputFiles } = await build({
      entryPoints: [`${root}dist/${entry}`],
      bundle: true,
      format: "esm",
      external: ["h5wasm"],
      write: false,
      logLevel: "error",
    });
    return outputFiles[0].text;
  };
  const [library, worker] = await Promise.all([bundle("index.js"), bundle("worker/module-worker.js")]);
  const page = `<!doctype html><link rel="icon" href="data:," /><title>convasm</title>
<script type="module">import * as convasm from "./a/b/convasm.js"; globalThis.convasm = convasm;</script>`;
  return {
    files: { "/index.html": page, "/a/b/convasm.js": library, "/a/b/browser-worker.js": worker },
    folders: { "/build/": `${root}build` },
  };
}
