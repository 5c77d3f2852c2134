import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as convasm from "../../src/index.ts";
import { type Trained, type TrainOptions, train } from "./app/train.ts";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { DIST, esbuildPage, installedApp, plainPage, removeFolder, temporaryFolder, vitePage } from "./pages.ts";
import { startServer } from "./server.ts";

declare global {
  interface Window {
    trainHere(options: TrainOptions): Promise<Trained>;
    trainInSession(options: TrainOptions): Promise<Trained>;
    trainInWorker(options: TrainOptions): Promise<Trained>;
  }
}

/** Neither `unsafe-eval` nor `unsafe-inline`, and no other origin. */
const STRICT = "default-src 'self'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";

const BUILDS = [
  {
    name: "convasm.min.js",
    csp: `${STRICT} blob:`,
    page: (folder: string) => plainPage(folder, "/dist/convasm.min.js"),
  },
  {
    name: "convasm.full.min.js",
    csp: `${STRICT} blob:`,
    page: (folder: string) => plainPage(folder, "/dist/convasm.full.min.js"),
  },
  { name: "browser/convasm.js", csp: STRICT, page: (folder: string) => plainPage(folder, "/dist/browser/convasm.js") },
  { name: "a bundle by Vite", csp: STRICT, page: async (_: string, app: string) => vitePage(app) },
  { name: "a bundle by esbuild", csp: STRICT, page: async (_: string, app: string) => esbuildPage(app) },
];

describeInChromium("in a page", () => {
  const browser = useChromium();
  let folder: string | undefined;
  let app = "";
  let wanted: Trained;

  beforeAll(async () => {
    folder = await temporaryFolder();
    app = await installedApp(folder);
    wanted = await train(convasm, { engine: "simd" });
  });
  afterAll(() => removeFolder(folder));

  it.each(BUILDS)("$name trains to the same weights as Node, under a strict policy", async ({ csp, page: make }) => {
    const folders = { "/dist/": DIST, "/": await make(folder ?? "", app) };
    for (const isolated of [true, false]) {
      const server = await startServer({ isolated, csp, folders });
      const { page, noise, close } = await openPage(browser(), server.origin);
      const here = await page.evaluate(() => window.trainHere({ engine: "simd" }));
      const alone = await page.evaluate(() => window.trainInWorker({ engine: "simd" }));
      const together = await page.evaluate(() => window.trainInSession({ engine: "simd", threads: 2 }));
      expect(noise).toEqual([]);
      expect(here).toEqual(wanted);
      expect(alone).toEqual(wanted);
      const why = "memory cannot be shared here: in a page, that takes cross-origin isolation";
      expect(together).toEqual(isolated ? { ...wanted, threads: 2 } : { ...wanted, threadsReason: why });
      expect(server.requests.filter(({ found }) => !found)).toEqual([]);
      await close();
      await server.close();
    }
  });
});

describeInChromium("README's page", () => {
  const browser = useChromium();

  it("trains in one file, isolated or not", async () => {
    const readme = await readFile("README.md", "utf8");
    const [, script] = /```html\n([\s\S]*?)```/.exec(readme) ?? [];
    const files = {
      "/index.html": `<!doctype html><title>A page</title><link rel="icon" href="data:," /><body>${script}</body>`,
      "/convasm.full.min.js": await readFile(join(DIST, "convasm.full.min.js"), "utf8"),
    };
    for (const isolated of [true, false]) {
      const server = await startServer({ isolated, files });
      const { page, noise, close } = await openPage(browser(), server.origin);
      await page.waitForFunction(() => (document.body.innerText.match(/%/g) ?? []).length === 2);
      const shown = (await page.locator("body").innerText()).match(/[\d.]+(?= %)/g)?.map(Number) ?? [];
      expect(shown[1]).toBeGreaterThan(80);
      expect(noise).toEqual([]);
      await close();
      await server.close();
    }
  });
});
