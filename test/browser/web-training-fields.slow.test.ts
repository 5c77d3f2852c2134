import type { Locator } from "playwright-core";
import { expect, it } from "vitest";
import { describeOptions, type OptionGroup, optionTypes } from "../../src/describe-options.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import type { Loss } from "../../src/model/contracts.ts";
import { parseLoss } from "../../src/training/losses.ts";
import { describeInChromium, useChromium } from "./chromium.ts";
import { saved, setField, textOf, train, useWebPage } from "./web-page.ts";

/** Expects a label, help and default for each option of a type, and those that few need in the folded part. */
async function expectFields(form: Locator, group: OptionGroup, type: string): Promise<void> {
  for (const { key, label, help, isRare, field: kind, default: fallback } of describeOptions(group, type)) {
    const field = form.locator(`.field:has([name="${key}"])`).filter({ has: form.page().getByTitle(help) });
    const at = `${group} ${type} ${key}`;
    expect(await field.locator("label").allInnerTexts(), at).toEqual([label]);
    const isFolded = (await field.locator("xpath=ancestor::details[@class='more']").count()) === 1;
    if (group === "optimizer" || group === "schedule") expect(isFolded, at).toBe(isRare);
    if (kind === "number" || kind === "whole")
      expect(await field.locator("input").getAttribute("placeholder"), at).toBe(String(fallback ?? ""));
  }
}

describeInChromium("the fields of a training in the page", () => {
  const browser = useChromium();
  const open = useWebPage(browser);

  it("are the options of each type, with their defaults and help, and what is chosen can be read", async () => {
    const page = await open();
    const form = page.locator(".card:has([name=optimizer])");
    await form.getByText("More options").click();
    for (const group of ["optimizer", "schedule", "loss", "averaging"] as const) {
      const types = form.locator(`[name="${group}"]`);
      const listed = await types.locator("option").allInnerTexts();
      // The page's images have class labels, and no teacher.
      const isFitting = ({ classes, temperature }: Loss) => classes && temperature === undefined;
      const fitting = optionTypes(group).filter((type) => group !== "loss" || isFitting(parseLoss(type)));
      expect(listed.filter((type) => type !== "none")).toEqual(fitting);
      for (const type of listed) {
        await types.selectOption(type);
        if (type !== "none") await expectFields(form, group, type);
        expect(await textOf(page, ".card:has([name=optimizer]) > .fold-body > .stack > [role=alert]"), type).toBe("");
      }
    }
    await expectFields(form, "training", "augment");
    expect(await form.getByText(/^Views: /).allInnerTexts()).toEqual(["Views: horizontal flip", "Views: shift"]);
    for (const key of ["sampling", "stepsPerEpoch", "earlyStopping", "reduceOnPlateau", "metrics"]) {
      const option = describeOptions("training", "plan").find((each) => each.key === key);
      const field = form.locator(`.field:has([name="${key}"])`).filter({ has: page.getByTitle(option?.help ?? "") });
      expect(await field.locator("label").allInnerTexts()).toEqual([option?.label]);
    }
    await form.locator('[name="optimizer"]').selectOption("sgd");
    await form.locator('[name="momentum"]').fill("1.5");
    await form.locator('[name="momentum"]').blur();
    await form.getByText("expected momentum to be a finite number at least 0 and below 1, got 1.5").waitFor();
  });

  it("train: with an average of the weights, smoothed labels and alternating flips", async () => {
    const page = await open();
    const form = page.locator(".card:has([name=optimizer])");
    await form.getByText("More options").click();
    await form.getByLabel("Averaging").selectOption("ema");
    await form.locator('.fields:has([name="startEpoch"]) [name="decay"]').fill("0.9");
    await setField(page, "labelSmoothing", "0.1");
    await form.getByLabel("Horizontal flip", { exact: true }).selectOption("alternating");
    await setField(page, "epochs", "1");
    await setField(page, "stepsPerEpoch", "3");
    await form.locator('[name="sampling"]').selectOption("replacement");
    await setField(page, "earlyStopping", "2");
    await setField(page, "metrics", "f1, top3");
    await form.getByLabel("Batch statistics").check();
    await form.getByLabel("Views: shift").fill("1");
    await form.getByLabel("Views: shift").blur();
    await train(page);
    expect(await textOf(page, ".run-metrics")).toMatch(/^Held out: f1 [\d.]+ %, top3 [\d.]+ %$/);
    const { metadata } = decodeSafetensors(await saved(page, /Save the run/));
    const settings = Object.values(metadata).join();
    expect(settings).toMatch(/"averaging":{"type":"ema","decay":0.9/);
    expect(settings).toContain('"labelSmoothing":0.1');
    expect(settings).toContain('"metrics":["f1","top3"]');
    expect(settings).toMatch(/"prediction":{"batchStatistics":true,"testTimeAugmentation":{[^}]*"shift":1/);
    expect(settings).toContain('"stepsPerEpoch":3');
    expect(settings).toContain('"sampling":"replacement"');
    expect(settings).toContain('"earlyStopping":2');
    expect(settings).toContain('"horizontalFlip":"alternating"');
  });
});
