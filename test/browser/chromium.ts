/**
 * A real Chromium for tests: `$CHROMIUM`, Debian's, or `chromium` on the path; tests are skipped where there is none.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const onPath = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "chromium"));

/** The program, if there is one. */
export const CHROMIUM = process.env.CHROMIUM ?? ["/usr/bin/chromium", ...onPath].find(existsSync);

const REASON = "skipped: no chromium in /usr/bin or on the path, and none named by $CHROMIUM";

/** `describe` for tests that need Chromium: says so where there is none. */
export function describeInChromium(name: string, tests: () => void): void {
  if (CHROMIUM === undefined) console.log(`${REASON}: ${name}`);
  describe.skipIf(CHROMIUM === undefined)(name, tests);
}

/**
 * One Chromium for all tests of the `describe` that calls this; a function that gives it.
 *
 * @param more words of its command line
 */
export function useChromium(more: readonly string[] = []): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await chromium.launch({
      args: [...ARGUMENTS, ...more],
      ...(CHROMIUM !== undefined && { executablePath: CHROMIUM }),
    });
  });
  afterAll(() => browser?.close());
  return () => {
    if (browser === undefined) throw new Error("chromium: expected a running one");
    return browser;
  };
}

/** A page, and all that it complains about. */
export interface WatchedPage {
  readonly page: Page;
  /** Console messages of every level, uncaught errors and violations of the Content Security Policy. */
  readonly noise: readonly string[];
  close(): Promise<void>;
}

export interface PageOptions {
  /** CSS pixels. Default 1280 x 800. */
  viewport?: { readonly width: number; readonly height: number };
  /** Default light. */
  colorScheme?: "light" | "dark";
  /** True: there are touch events. Default false. */
  hasTouch?: boolean;
}

/** Opens an address in a profile of its own. */
export async function openPage(browser: Browser, url: string, options: PageOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const noise: string[] = [];
  page.on("console", (message) => noise.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => noise.push(`uncaught: ${error.message}`));
  await page.goto(url);
  return { page, noise, close: () => context.close() };
}
