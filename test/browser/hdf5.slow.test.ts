import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { FILES, pixels } from "../data/read/files.ts";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { DIST } from "./pages.ts";
import { startServer } from "./server.ts";

/** The library, as the page has it. */
declare const convasm: typeof import("../../src/index.ts");

const H5WASM = fileURLToPath(new URL("../../node_modules/h5wasm/dist/esm/", import.meta.url));
const MAP = '<script type="importmap">{ "imports": { "h5wasm": "/h5wasm/hdf5_hl.js" } }</script>';
const LIBRARIES = ["/dist/convasm.full.min.js", "/dist/browser/convasm.js"];

/** A page that loads the library from an address, on a server that also has h5wasm. */
function serve(library: string, head: string) {
  const page = `<!doctype html><link rel="icon" href="data:," /><title>A page</title>${head}
<script type="module">import * as convasm from "${library}"; globalThis.convasm = convasm;</script>`;
  return startServer({ files: { "/index.html": page }, folders: { "/dist/": DIST, "/h5wasm/": H5WASM } });
}

/** The page's results for an HDF5 file: in its own thread, then in a session's worker. */
async function readIn(browser: ReturnType<ReturnType<typeof useChromium>>, origin: string) {
  const opened = await openPage(browser, origin);
  await opened.page.waitForFunction(() => "convasm" in globalThis);
  const bytes = [...readFileSync(`${FILES}/floats.h5`)];
  const said = await opened.page.evaluate(async (values) => {
    const files = [{ name: "floats.h5", bytes: Uint8Array.from(values) }];
    const reason = (error: unknown) => String(error);
    const here = await convasm.readData(files).then(({ train }) => [...(train?.images ?? [])], reason);
    const session = await convasm.createSession();
    const there = await session.readData(files).then(({ train, test }) => [train?.length, test?.length], reason);
    session.terminate();
    return { here, there };
  }, bytes);
  await opened.close();
  return { ...said, noise: opened.noise };
}

describeInChromium("an HDF5 file in a page without a bundler", () => {
  const browser = useChromium();

  it.each(LIBRARIES)("is read with h5wasm from the page's import map: %s", async (library) => {
    const server = await serve(library, MAP);
    const { here, there, noise } = await readIn(browser(), server.origin);
    expect(here).toEqual([...Float32Array.from(pixels(0, 6, 5, 5), (value) => value / 255)]);
    expect(there).toEqual([6, 2]);
    expect(noise).toEqual([]);
    await server.close();
  });

  it.each(LIBRARIES)("is refused where there is no such map: %s", async (library) => {
    const server = await serve(library, "");
    const { here, there } = await readIn(browser(), server.origin);
    expect(here).toMatch(
      /^RangeError: readHdf5: expected an import map that says where h5wasm is, such as \{.*\}, got none$/,
    );
    expect(there).toBe(here);
    await server.close();
  });
});
