import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { searchReport } from "../../src/search/report/report.ts";
import { readSpace } from "../../src/search/space.ts";
import { createWay } from "../../src/search/ways/create-way.ts";
import { optionsOf, resultOf, runWay } from "../search/spaces.ts";
import { describeInChromium, useChromium } from "./chromium.ts";

describeInChromium("the report of a search", () => {
  const browser = useChromium();
  let folder = "";
  let address = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "convasm-report-"));
    const space = readSpace({ x: { range: [0, 1] }, kind: { choice: ["a", "b"] } });
    const trials = runWay(createWay(space, optionsOf("random", { trials: 40 }), 1), () => 1).map((spec) => {
      const value = spec.index % 10 === 9 ? undefined : Number(spec.settings.x);
      return { spec, result: resultOf(spec, value) };
    });
    const html = searchReport({ title: "t", facts: [], space, metric: "valAccuracy", maximize: true, trials });
    await writeFile(join(folder, "report.html"), html);
    address = pathToFileURL(join(folder, "report.html")).href;
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    [1280, "light"],
    [390, "dark"],
  ] as const)("fits a window of %i pixels, %s, and reports no error", async (width, colorScheme) => {
    const context = await browser().newContext({ viewport: { width, height: 800 }, colorScheme });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(address);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(errors).toEqual([]);
    await context.close();
  });

  it("marks a trial in all charts, keeps those of a part of an axis, and sorts", async () => {
    const page = await browser().newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(address);
    await page.locator("tbody tr").first().hover();
    // The parallel coordinates, two settings, the course, and the row; results without a curve have no line over the epochs.
    await expect.poll(() => page.locator(".on").count()).toBe(5);
    expect(await page.locator("#told").textContent()).toMatch(/^Trial \d+: .* x /);
    await page.mouse.move(3, 3);
    await expect.poll(() => page.locator(".on").count()).toBe(0);

    const axis = page.locator(".brush").first();
    await axis.scrollIntoViewIfNeeded();
    const box = await axis.boundingBox();
    if (box === null) throw new Error("expected an axis");
    const middle = box.x + box.width / 2;
    await page.mouse.move(middle, box.y + 1);
    await page.mouse.down();
    await page.mouse.move(middle, box.y + box.height / 2, { steps: 3 });
    await page.mouse.up();
    const kept = await page.locator("tbody tr:not(.off) td:nth-child(3)").allTextContents();
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.every((x) => Number(x) > 0.49)).toBe(true);
    expect(await page.locator("#left").textContent()).toBe(`${kept.length} of 40 trials`);
    await page.click("#clear");
    expect(await page.locator("tbody tr:not(.off)").count()).toBe(40);

    await page.click("th:nth-child(3) button");
    const sorted = (await page.locator("tbody td:nth-child(3)").allTextContents()).map(Number);
    expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
    await page.close();
  });
});
