// JPEG in pages, which the browser decodes: the same pixels as in Node, and what would cost much is refused before it is decoded.

import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { decodeImage } from "../../src/node/image.ts";
import {
  cmykJpeg,
  greyJpeg,
  profileJpeg,
  progressiveCmykJpeg,
  progressiveJpeg,
  turnedJpeg,
  withScans,
  withSize,
  ycckJpeg,
} from "../node/pictures.ts";
import { describeInChromium, openPage, useChromium, type WatchedPage } from "./chromium.ts";
import { libraryFiles } from "./library.ts";
import { type Server, startServer } from "./server.ts";

/** The library, as the page has it. */
declare const convasm: typeof import("../../src/index.ts");

/** Red, green and blue of a picture, read in the page's own thread and in a session's worker, or why not. */
async function readIn(page: Page, jpeg: Uint8Array) {
  return page.evaluate(
    async (values) => {
      const bytes = Uint8Array.from(values);
      const files = ["cat/1.jpg", "dog/1.jpg"].map((name) => ({ name, bytes }));
      const settings = { channels: 3 } as const;
      const decode = globalThis.createImageBitmap;
      let decoded = 0;
      globalThis.createImageBitmap = new Proxy(decode, {
        apply(target, self, given) {
          decoded += 1;
          return Reflect.apply(target, self, given);
        },
      });
      const here = await convasm
        .readData(files, settings)
        .then(({ train }) => [...(train?.images ?? [])].slice(0, 16 * 8 * 3), String);
      globalThis.createImageBitmap = decode;
      const session = await convasm.createSession();
      const there = await session
        .readData(files, settings)
        .then(async ({ train }) => [...((await train?.images([0]))?.images ?? [])], String);
      session.terminate();
      return { here, there, decoded };
    },
    [...jpeg],
  );
}

describeInChromium("JPEG in a page", () => {
  const browser = useChromium();
  let server: Server;
  let watched: WatchedPage;

  beforeAll(async () => {
    server = await startServer(await libraryFiles());
  });
  beforeEach(async () => {
    watched = await openPage(browser(), server.origin);
    await watched.page.waitForFunction(() => "convasm" in globalThis);
  });
  afterEach(async () => {
    await watched.close();
    expect(watched.noise).toEqual([]);
  });
  afterAll(() => server.close());

  // Node's pixels are held to Pillow's in `test/node/image.test.ts`.
  it.each(
    Object.entries({ cmykJpeg, progressiveCmykJpeg, ycckJpeg, profileJpeg, greyJpeg, progressiveJpeg, turnedJpeg }),
  )("%s has the pixels that it has in Node, but for rounding", async (_, jpeg) => {
    const { data } = await decodeImage(jpeg, "node.jpg");
    const wanted = data.filter((_, i) => i % 4 < 3);
    const { here, there } = await readIn(watched.page, jpeg);
    for (const pixels of [here, there]) {
      if (typeof pixels === "string") throw new Error(pixels);
      expect(pixels.length).toBe(wanted.length);
      expect(Math.max(...pixels.map((value, i) => Math.abs(value - wanted[i])))).toBeLessThanOrEqual(1);
    }
  });

  it.each<[what: string, jpeg: Uint8Array, reason: string]>([
    ["thousands of scans", withScans(progressiveJpeg, 2000), "expected at most 200 scans of so many pixels, got more"],
    ["a size without the data for it", withSize(greyJpeg, 4000, 5000), "bytes of data or more for 5000 x 4000 pixels"],
    ["the same in scans", withSize(progressiveJpeg, 4000, 5000), "bytes of data or more for 5000 x 4000 pixels"],
    ["a size beyond what may come out", withSize(cmykJpeg, 6000, 6000), "expected at most"],
    ["a size beyond all", withSize(greyJpeg, 65_500, 65_500), "expected 1 to 100000000 pixels, got 65500 x 65500"],
  ])("with %s is refused before it is decoded", async (_, jpeg, reason) => {
    const { here, there, decoded } = await readIn(watched.page, jpeg);
    expect(here).toContain(`RangeError: readImages "cat/1.jpg": `);
    expect(here).toContain(reason);
    expect(there).toBe(here);
    expect(decoded).toBe(0);
  });
});
