/**
 * Trainings in pages that have the library in one way or another, compared with Node's.
 *
 * @module
 */

import { afterAll, beforeAll, expect, it } from "vitest";
import * as convasm from "../../src/index.ts";
import { type Trained, type TrainOptions, train } from "./app/train.ts";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { DIST, installedApp, removeFolder, temporaryFolder } from "./pages.ts";
import { startServer } from "./server.ts";

declare global {
  interface Window {
    trainHere(options: TrainOptions): Promise<Trained>;
    trainInSession(options: TrainOptions): Promise<Trained>;
    trainInWorker(options: TrainOptions): Promise<Trained>;
  }
}

/** Neither `unsafe-eval` nor `unsafe-inline`, and no other origin. */
export const STRICT = "default-src 'self'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";

/** A way in which a page gets the library. */
export interface PageBuild {
  readonly name: string;
  /** The page's policy. */
  readonly csp: string;
  /** Makes the page, in a folder for it or of the app that has the library installed; gives its folder. */
  page(folder: string, app: string): Promise<string>;
}

/** Tests of pages, isolated and not, each in the page's own thread, in a worker and in a session. */
export function testBuilds(builds: readonly PageBuild[]): void {
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

    it.each(builds)("$name trains to the same weights as Node, under a strict policy", async ({ csp, page: make }) => {
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
}
