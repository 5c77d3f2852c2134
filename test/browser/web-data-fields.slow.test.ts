import { expect, it } from "vitest";
import { READ_SETTINGS } from "../../src/data/read/settings.ts";
import { describeOptions } from "../../src/describe-options.ts";
import { describeInChromium, useChromium } from "./chromium.ts";
import { useWebPage } from "./web-page.ts";

describeInChromium("the fields of data in the page", () => {
  const browser = useChromium();
  const open = useWebPage(browser);

  it("are the readers' settings, with their help and formats, and read files accordingly", async () => {
    const page = await open();
    await page.getByLabel("Your files").check();
    await page.getByText("How to read them").click();
    const names = Object.keys(READ_SETTINGS).filter((key) => key !== "stretch" && key !== "scaling");
    for (const { key, label } of describeOptions("data", "reader").filter((option) => names.includes(option.key))) {
      const field = page.locator(`.field:has([name="${key}"])`);
      expect(await field.locator("label").innerText()).toBe(label);
    }
    const size = page.locator('.field:has([name="size"]) label');
    expect(await size.getAttribute("title")).toMatch(/^pictures: Height and width/);
    // A row of 6 numbers is no square.
    await page.locator('[name="shape"]').fill("2 x 3 x 1");
    await page.locator('[name="shape"]').press("Tab");
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 2},${[0, 1, 2, 3, 4, 5].map((j) => (i * j) % 256)}\n`);
    const file = { name: "rows.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("")) };
    await page.locator('input[type="file"]:not([webkitdirectory])').first().setInputFiles(file);
    await page
      .getByText(/rows\.csv \(CSV\): 34 images to train on.* 2 × 3/)
      .first()
      .waitFor({ state: "attached" });
  });
});
