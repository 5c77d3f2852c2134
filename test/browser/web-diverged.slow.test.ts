// The page's words where a training has diverged: those of the command line, and no class and no figure beside them.

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { DIVERGED_ADVICE } from "../../src/errors.ts";
import { createModel, dense, exportModel, flatten } from "../../src/index.ts";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { temporaryFolder } from "./pages.ts";
import { DIGIT_STROKES } from "./strokes.ts";
import { draw, messageOf, setField, textOf, train, useWebPage } from "./web-page.ts";

const NO_OUTPUTS = `raining diverged: expected finite outputs, got NaN for image 0; ${DIVERGED_ADVICE}`;

/** The page with few images and a learning rate with which the first step spoils all weights. */
async function reckless(page: Page): Promise<void> {
  await page.getByRole("status").getByText("20,000 images to train on").waitFor();
  await setField(page, "train", "2000");
  await page.getByRole("status").getByText("2,000 images to train on").waitFor();
  await setField(page, "learningRate", "1e30");
}

/** Draws a digit; the prediction must name no class, show no share, and say why. */
async function expectNoAnswer(page: Page): Promise<void> {
  await draw(page, DIGIT_STROKES[3]);
  const prediction = page.getByRole("region", { name: "Prediction" });
  await expect.poll(() => prediction.locator(".answer-head").innerText()).toBe(`?\n\nT${NO_OUTPUTS}.`);
  expect(await prediction.getByRole("status").textContent()).toBe(`T${NO_OUTPUTS}.`);
  expect(await prediction.locator(".bar-value").allTextContents()).toEqual(Array<string>(10).fill(""));
  expect(await prediction.locator(".bar-best").count()).toBe(0);
}

/** The instrument's text under a name. */
async function readoutText(page: Page, name: string): Promise<string> {
  const value = page.locator(".readouts > div").filter({ has: page.getByText(name, { exact: true }) });
  return value.locator("dd").innerText();
}

describeInChromium("the page when a training diverged", () => {
  const browser = useChromium();
  const open = useWebPage(browser);

  it("ends the run with the command line's words and without figures, and keeps nothing of it", async () => {
    const page = await open();
    await reckless(page);
    const ended = await train(page);
    expect(ended).toMatch(
      /^Training diverged: expected a finite loss, got NaN in epoch 1, step \d of 21, learning rate /,
    );
    expect(ended).toContain(DIVERGED_ADVICE);
    expect(await textOf(page, ".run p[role=status]")).toBe(ended);
    for (const name of ["Loss", "Accuracy", "Held out", "Time left"]) expect(await readoutText(page, name)).toBe("–");
    const looked = await messageOf(page, "The network says nothing right");
    expect(await looked.innerText()).toContain(`t${NO_OUTPUTS}`);
    expect(await page.locator(".confusion, .confusion-miss").count()).toBe(0);

    for (const item of ["Save the model", "Export as a page", "Save the run"]) {
      await page.getByRole("button", { name: "Model", exact: true }).click();
      await page.getByRole("menuitem", { name: item }).click();
      const refused = await messageOf(page, "That could not be saved");
      expect(await refused.innerText(), item).toMatch(
        /training diverged: expected finite weights ".*", got (NaN|-?Infinity)/,
      );
      await refused.getByRole("button", { name: "Close the message" }).click();
    }
    await page.getByText("Keep weights").click();
    await page.getByRole("button", { name: "Start again" }).click();
    expect(await (await messageOf(page, "That did not work")).innerText()).toMatch(
      /training diverged: expected finite/,
    );
    await page.getByRole("tab", { name: "Draw" }).click();
    await expectNoAnswer(page);
  });

  it("names no class and says which numbers are none while the run goes on", async () => {
    const page = await open();
    await reckless(page);
    await page.getByRole("button", { name: "Step" }).click();
    await page.getByText(/^Paused in epoch 1 of \d+, step 1 of/).waitFor();
    await page.getByRole("tab", { name: "Draw" }).click();
    await expectNoAnswer(page);
    expect(await page.getByText("What each layer makes of it").isVisible()).toBe(false);

    await page.getByRole("tab", { name: "Look inside" }).click();
    const dense = page.locator(".activations > li").last();
    await dense.getByText("10 of 10 are NaN or infinite").waitFor();
  });

  it("calls contenders of a race diverged in place of a loss", async () => {
    const page = await open();
    await page.getByRole("tab", { name: "Race" }).click();
    const race = page.locator(".race");
    // With single images this network diverges within 300 steps, in every engine.
    await race.locator("[name=network]").selectOption("conv8");
    await race.locator("[name=batch]").fill("1");
    await race.locator("[name=batch]").blur();
    await race.getByRole("button", { name: "Start the race" }).click();
    await race.getByText("The race is over.").waitFor({ timeout: 240_000 });
    const rows = await race.locator("tbody tr").all();
    expect(rows.length).toBeGreaterThanOrEqual(2);
    for (const row of rows) expect(await row.locator("td").last().innerText()).toBe("diverged");
    await race.getByText(`The training diverged in ${rows.length} of ${rows.length}.`).waitFor();
    expect(await race.innerText()).not.toMatch(/NaN|Infinity/);
  });

  it("says the same in an exported page, of a model whose outputs overflow", async () => {
    const model = createModel({ input: [28, 28, 1], layers: [flatten(), dense({ units: 10 })] });
    model.classNames = Array.from("0123456789");
    await model.compile({ loss: "softmaxCrossEntropy", engine: "js" });
    model.setWeight("dense/kernel", new Float32Array(7840).fill(3e38));
    const folder = await temporaryFolder();
    try {
      const file = join(folder, "page.html");
      const [html] = await exportModel(model, { format: "html" });
      await writeFile(file, html.bytes);
      const { page, noise, close } = await openPage(browser(), pathToFileURL(file).href);
      await page.locator(".pad").waitFor();
      await expectNoAnswer(page);
      expect(noise).toEqual([]);
      await close();
    } finally {
      await rm(folder, { recursive: true, force: true });
      model.dispose();
    }
  });
});
