import { expect, it } from "vitest";
import { describeOptions, optionTypes } from "../../src/describe-options.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { describeInChromium, useChromium } from "./chromium.ts";
import { saved, setField, train, useWebPage } from "./web-page.ts";

describeInChromium("the fields of layers in the page", () => {
  const browser = useChromium();
  const open = useWebPage(browser);

  it("are the options of each type, with their defaults and help, and new layers can be read", async () => {
    const page = await open();
    await page.locator('[name="network"]').first().selectOption("network:conv8");
    const rows = page.locator(".layer-list").first().locator("> .layers > li");
    await rows.first().locator("summary").click();
    expect(await rows.first().getByLabel("Kind of layer").locator("option").allInnerTexts()).toEqual([
      ...optionTypes("layer"),
    ]);
    for (const type of optionTypes("layer")) {
      await rows.first().getByLabel("Kind of layer").selectOption(type);
      await rows.first().getByRole("button", { name: "Add below" }).click();
      const fields = rows.nth(1).locator("> .layer > .layer-body > .fields").first();
      const options = describeOptions("layer", type).filter(({ key, field }) => key !== "inputs" && field !== "layers");
      const names = await fields.locator("[name]").evaluateAll((all) => all.map((item) => item.getAttribute("name")));
      expect(names.sort(), type).toEqual(options.map(({ key }) => key).sort());
      for (const { key, label, help } of options) {
        const field = fields.locator(`.field:has([name="${key}"])`);
        expect(await field.locator("label").innerText()).toBe(label);
        expect(await field.locator("label").getAttribute("title")).toBe(help);
      }
      expect(await rows.nth(1).locator(".layer-error").first().innerText()).not.toMatch(/expected .* to be/);
      await rows.nth(1).getByRole("button", { name: "Remove", exact: true }).first().click();
    }
  });

  it("freeze a layer, and its weights stay", async () => {
    const page = await open();
    await page.locator('[name="network"]').first().selectOption("network:conv8");
    const row = page.locator(".layer-list").first().locator("> .layers > li").first();
    await row.locator("summary").click();
    await row.getByLabel("Trainable").uncheck();
    await setField(page, "epochs", "1");
    await train(page);
    const { metadata } = decodeSafetensors(await saved(page, /Save the model/));
    expect(Object.values(metadata).join()).toContain('"trainable":false');
  });
});
