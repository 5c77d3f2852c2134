// Pages without a bundler and with esbuild; one by Vite is in builds.slow.test.ts.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { STRICT, testBuilds } from "./builds.ts";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { DIST, esbuildPage, plainPage } from "./pages.ts";
import { startServer } from "./server.ts";

testBuilds([
  { name: "convasm.min.js", csp: `${STRICT} blob:`, page: (folder) => plainPage(folder, "/dist/convasm.min.js") },
  {
    name: "convasm.full.min.js",
    csp: `${STRICT} blob:`,
    page: (folder) => plainPage(folder, "/dist/convasm.full.min.js"),
  },
  { name: "browser/convasm.js", csp: STRICT, page: (folder) => plainPage(folder, "/dist/browser/convasm.js") },
  { name: "a bundle by esbuild", csp: STRICT, page: (_, app) => esbuildPage(app) },
]);

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
