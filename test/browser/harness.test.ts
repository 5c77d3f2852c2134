import { expect, it } from "vitest";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { startServer } from "./server.ts";

const PAGE = '<!doctype html><link rel="icon" href="data:," /><title>A page</title>';

describeInChromium("the tests' own browser", () => {
  const browser = useChromium();

  it("isolates pages where that is asked for, and only there", async () => {
    for (const isolated of [true, false]) {
      const server = await startServer({ isolated, files: { "/index.html": PAGE } });
      const { page, noise, close } = await openPage(browser(), server.origin);
      expect(await page.evaluate(() => [document.title, crossOriginIsolated])).toEqual(["A page", isolated]);
      expect(noise).toEqual([]);
      await close();
      await server.close();
    }
  });

  it("sees what a page complains about: what a policy forbids, what is missing, what nobody catches", async () => {
    const files = {
      "/index.html": PAGE,
      "/loud.js": "console.info('hello'); setTimeout(() => { throw new Error('oh') });",
    };
    const server = await startServer({ csp: "script-src 'self'", files });
    const { page, noise, close } = await openPage(browser(), server.origin);
    await page.addScriptTag({ url: "/loud.js" });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
    expect(noise).toEqual(["info: hello", "uncaught: oh"]);
    const forbidden = await page.evaluate(() => {
      try {
        return String(new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])));
      } catch (error) {
        return String(error);
      }
    });
    expect(forbidden).toMatch(/Content Security Policy/);
    await page.evaluate(() => fetch("/../package.json"));
    expect(noise.slice(2)).toEqual([expect.stringMatching(/404/)]);
    expect(server.requests.at(-1)).toEqual({ path: "/package.json", found: false });
    await close();
    await server.close();
  });
});
