import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeInChromium, useChromium } from "./chromium.ts";
import { longestTask } from "./main-thread.ts";
import { DIGIT_STROKES } from "./strokes.ts";
import { draw, readout, textOf, train, useWebPage } from "./web-page.ts";

/** The answers for the pad's digits. */
async function readDigits(page: Page): Promise<string[]> {
  await page.getByRole("tab", { name: "Draw" }).click();
  const read: string[] = [];
  for (const strokes of DIGIT_STROKES) {
    await draw(page, strokes);
    await page.waitForFunction(() => /sure/.test(document.querySelector(".answer-head .note")?.textContent ?? ""));
    // The last stroke may still be on its way to the worker.
    await page.waitForTimeout(150);
    read.push(await textOf(page, ".answer"));
    await page.getByRole("button", { name: "Clear" }).click();
    await page.waitForFunction(() => document.querySelector(".answer")?.textContent === "?");
  }
  return read;
}

describeInChromium("the page", () => {
  const browser = useChromium();
  const open = useWebPage(browser);

  it("learns digits from a click on Start, and reads what is drawn on the pad", async () => {
    const page = await open();
    await page.locator(".previews canvas").first().waitFor();
    const begun = performance.now();
    const { processor, clock } = await longestTask(browser(), page, async () => {
      await train(page);
    });
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    console.log(
      `web page: trained in ${seconds} s from the click on Start; the main thread's longest task took ` +
        `${processor.toFixed(1)} ms of processor time, ${clock.toFixed(1)} ms on the clock`,
    );
    expect(await readout(page, "Held out")).toBeGreaterThanOrEqual(97);
    expect(await textOf(page, ".run-engine")).toMatch(/engine relaxed, on \d threads\.$/);
    const read = await readDigits(page);
    const right = read.filter((digit, i) => digit === String(i)).length;
    expect(right, `read as ${read}`).toBeGreaterThanOrEqual(9);
    // It says itself which of the held-out images are wrong.
    await page.getByRole("tab", { name: "Train" }).click();
    const miss = page.locator(".confusion-miss").first();
    const [, label, prediction, count] =
      (await miss.getAttribute("aria-label"))?.match(/(\d) read as (\d): (\d+)/) ?? [];
    await miss.click();
    const images = page.getByRole("dialog").getByRole("img");
    await expect.poll(() => images.count()).toBe(Number(count));
    expect(await images.first().getAttribute("aria-label")).toContain(`${label}, read as ${prediction};`);
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);
  });
});
