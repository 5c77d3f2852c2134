/**
 * The page in `web/`, built and opened as its visitors have it.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, Download, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { openPage, type PageOptions } from "./chromium.ts";
import { temporaryFolder } from "./pages.ts";
import { type Server, startServer } from "./server.ts";
import type { Stroke } from "./strokes.ts";

const BUILD = fileURLToPath(new URL("../../scripts/build-web.js", import.meta.url));

/** The policy of a strict server; the page's own policy, in its HTML, says the same. */
const CSP =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src 'self' blob: data:; style-src 'self'";

/** Milliseconds after which something that has not happened never will. */
const PATIENCE = 120_000;

export interface WebPageOptions extends PageOptions {
  /** True: memory can be shared. Default true. */
  isolated?: boolean;
}

/**
 * Builds the page once for the `describe` that calls this. Gives a function that opens it; no page may have complained of
 * anything when its test is over.
 */
export function useWebPage(browser: () => Browser): (options?: WebPageOptions) => Promise<Page> {
  let folder = "";
  const servers = new Map<boolean, Server>();
  const opened: { readonly noise: readonly string[]; close(): Promise<void> }[] = [];
  beforeAll(async () => {
    folder = await temporaryFolder();
    await promisify(execFile)(process.execPath, [BUILD, "--out", folder]);
    for (const isolated of [true, false]) {
      servers.set(isolated, await startServer({ isolated, csp: CSP, folders: { "/": folder } }));
    }
  });
  afterEach(async () => {
    const pages = opened.splice(0);
    const noise = pages.flatMap((page) => page.noise);
    await Promise.all(pages.map((page) => page.close()));
    expect(noise).toEqual([]);
  });
  afterAll(async () => {
    await Promise.all(Array.from(servers.values(), (server) => server.close()));
    await rm(folder, { recursive: true, force: true });
  });
  return async ({ isolated = true, ...options } = {}) => {
    const server = servers.get(isolated);
    if (server === undefined) throw new Error("web page: expected a server, got none");
    const watched = await openPage(browser(), server.origin, options);
    opened.push(watched);
    return watched.page;
  };
}

/** Clicks on Start and waits until the run has ended; gives the line that says how. */
export async function train(page: Page): Promise<string> {
  await page.getByRole("button", { name: /^Start/ }).click();
  return runEnds(page);
}

/** Waits until a run that was started has ended; gives the line that says how. */
export async function runEnds(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Start again" }).waitFor({ timeout: PATIENCE });
  return textOf(page, ".run-place");
}

/** The instrument's number under a name. */
export async function readout(page: Page, name: string): Promise<number> {
  const value = page.locator(".readouts > div").filter({ has: page.getByText(name, { exact: true }) });
  return Number((await value.locator("dd").innerText()).replace(/[ ,%]/g, ""));
}

/** Sets a field of the form. */
export async function setField(page: Page, name: string, value: string): Promise<void> {
  const field = page.locator(`[name="${name}"]`).first();
  await field.fill(value);
  await field.blur();
}

export async function textOf(page: Page, selector: string): Promise<string> {
  return page.locator(selector).first().innerText();
}

/** Draws strokes on the pad with the mouse. */
export async function draw(page: Page, strokes: readonly Stroke[]): Promise<void> {
  const box = await page.locator(".pad").boundingBox();
  if (box === null) throw new Error("draw: expected a pad on the page, got none");
  for (const stroke of strokes) {
    for (const [i, [x, y]] of stroke.entries()) {
      await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
      if (i === 0) await page.mouse.down();
    }
    await page.mouse.up();
  }
}

/** Drops files or folders on the page, as a file manager does: by their paths on this machine. */
export async function drop(page: Page, paths: readonly string[]): Promise<void> {
  const protocol = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await protocol.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
  }
  await protocol.detach();
}

/** The message with this title, once it is there: its text, and what can be done. */
export async function messageOf(page: Page, title: string | RegExp): Promise<Locator> {
  const message = page.locator(".message").filter({ has: page.locator("strong", { hasText: title }) });
  await message.waitFor({ timeout: PATIENCE });
  return message;
}

/** The bytes of what a menu item saves. */
export async function saved(page: Page, item: RegExp): Promise<Buffer> {
  const download: Promise<Download> = page.waitForEvent("download");
  await page.getByRole("button", { name: "Model", exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
  return readFile(await (await download).path());
}

/** Opens a file as a model or a run. */
export async function openFile(page: Page, name: string, buffer: Buffer): Promise<void> {
  const file = { name, mimeType: "application/octet-stream", buffer };
  await page.getByLabel("Model file", { exact: true }).setInputFiles(file);
}

/** The names and numbers in a saved model or run. */
export function weightsOf(file: Buffer): readonly (string | number)[][] {
  return Array.from(decodeSafetensors(file).tensors, ([name, { data }]) => [name, ...data]);
}
