import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createModel, dense, digits, exportModel, findNetwork, flatten, oneCycle, sgd } from "../../src/index.ts";
import { convasm } from "../cli/process.ts";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { removeFolder, temporaryFolder } from "./pages.ts";
import { DIGIT_STROKES, type Stroke } from "./strokes.ts";

async function trainedFile(): Promise<Uint8Array> {
  const layers = findNetwork("lenet5")?.layers(10) ?? [];
  const model = createModel({ input: { shape: [28, 28, 1], scale: 1 / 255 }, layers });
  model.classNames = Array.from("0123456789");
  await model.compile({
    engine: "simd",
    optimizer: sgd({ learningRate: 0.1 }),
    loss: "softmaxCrossEntropy",
    batchSize: 32,
  });
  await model.fit(digits({ count: 12_000, seed: 1 }), { epochs: 2, schedule: oneCycle() });
  return model.save();
}

/** Draws on an empty pad with the mouse. */
async function draw(page: Page, strokes: readonly Stroke[]): Promise<void> {
  await page.locator(".pad").press("Delete");
  await expect.poll(() => answer(page)).toBe("?");
  const box = await page.locator(".pad").boundingBox();
  if (box === null) throw new Error("expected a pad");
  const to = ([x, y]: readonly [number, number]) => page.mouse.move(box.x + x * box.width, box.y + y * box.height);
  for (const [first, ...rest] of strokes) {
    await to(first);
    await page.mouse.down();
    for (const point of rest) await to(point);
    await page.mouse.up();
  }
}

const answer = (page: Page) => page.locator(".answer").textContent();

describeInChromium("a model exported as one HTML file", () => {
  const browser = useChromium();
  let folder: string | undefined;
  let address = "";
  let html = "";

  beforeAll(async () => {
    folder = await temporaryFolder();
    const model = join(folder, "model.safetensors");
    const page = join(folder, "digits.html");
    await writeFile(model, await trainedFile());
    const result = await convasm(["export", model, "--to", "html", "-o", page, "--title", "<My> & digits"], {
      cwd: folder,
    });
    expect(result.stderr).toBe("");
    html = await readFile(page, "utf8");
    address = pathToFileURL(page).href;
  });
  afterAll(() => removeFolder(folder));

  it("reads digits that are drawn, from a disk, and says how likely each class is", async () => {
    const { page, noise, close } = await openPage(browser(), address);
    await page.locator(".pad").waitFor();
    expect(await page.title()).toBe("<My> & digits");
    expect(await answer(page)).toBe("?");
    for (const [digit, strokes] of DIGIT_STROKES.entries()) {
      await draw(page, strokes);
      await expect.poll(() => answer(page), { message: `digit ${digit}` }).toBe(String(digit));
      await expect.poll(() => page.getByRole("status").textContent()).toContain(`Looks like ${digit}, `);
    }
    const shares = (await page.locator(".bar-value").allTextContents()).map((text) => Number.parseFloat(text));
    expect(shares).toHaveLength(10);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, -1);
    expect(noise).toEqual([]);
    await close();
  });

  it("follows each stroke, and takes it back", async () => {
    const { page, close } = await openPage(browser(), address, {
      viewport: { width: 390, height: 844 },
      colorScheme: "dark",
    });
    const [down, across] = DIGIT_STROKES[4];
    const bars = () => page.locator(".bar-value").allTextContents();
    await draw(page, [down]);
    await expect.poll(() => answer(page)).not.toBe("?");
    await page.getByRole("status").filter({ hasText: "Looks like" }).waitFor({ state: "attached" });
    const before = await bars();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await draw(page, [down, across]);
    await expect.poll(() => answer(page)).toBe("4");
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(bars).toEqual(before);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => answer(page)).toBe("?");
    await close();
  });

  it("asks for nothing from anywhere, and forbids itself to", async () => {
    const { page, close } = await openPage(browser(), "about:blank");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(address);
    await draw(page, DIGIT_STROKES[7]);
    await expect.poll(() => answer(page)).toBe("7");
    expect(asked.filter((url) => url !== address && !url.startsWith("data:"))).toEqual([]);
    expect(html).not.toMatch(/\b(?:src|href)="(?!data:)/);
    const refused = await page.evaluate(() => fetch("https://example.com/").then(() => "sent", String));
    expect(refused).toMatch(/Failed to fetch/);
    await close();
  });

  it("says what is wrong with a network that was damaged on its way", async () => {
    const damaged = join(folder ?? "", "damaged.html");
    await writeFile(damaged, html.replace(/(id="model"[^>]*>.{4000})[^<]*/, "$1"));
    const { page, close } = await openPage(browser(), pathToFileURL(damaged).href);
    await expect
      .poll(() => page.getByRole("alert").textContent())
      .toMatch(/^The network in this page could not be read: /);
    await close();
  });
});

it("a page keeps nothing but the model, and refuses what it cannot show", async () => {
  const model = createModel({ input: [4, 4, 2], layers: [flatten(), dense({ units: 2 })] });
  await model.compile({ loss: "softmaxCrossEntropy" });
  await expect(exportModel(model, { format: "html" })).rejects.toThrow(
    "exportModel: expected a model of images with 1 or 3 channels, got [4,4,2]",
  );
  await expect(exportModel(new Uint8Array(9), { format: "html" })).rejects.toThrow(RangeError);
  const grey = createModel({ input: [4, 4, 1], layers: [flatten(), dense({ units: 2 })] });
  await grey.compile({ loss: "softmaxCrossEntropy" });
  const saved = grey.save({ folder: "/home/someone" });
  const [page] = await exportModel(saved, { format: "html", title: "{{model}} $& <b>" });
  const html = Buffer.from(page.bytes).toString();
  expect(/<title>(.*)<\/title>/.exec(html)?.[1]).toBe("{{model}} $&amp; &lt;b>");
  const [, text = ""] = /id="model"[^>]*>([^<]*)</.exec(html) ?? [];
  const file = Buffer.from(text, "base64").toString("latin1");
  expect(file).toContain("dense");
  expect(file).not.toContain("someone");
});
