// The page scales files as the network's training images were: images to test on alone, dropped after the training.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { generateDigits } from "../../src/data/digits/generate.ts";
import { npyFile } from "../data/read/npy-writer.ts";
import { describeInChromium, useChromium } from "./chromium.ts";
import { temporaryFolder } from "./pages.ts";
import { drop, setField, textOf, train, useWebPage } from "./web-page.ts";

describeInChromium("the page and pixels that are no bytes", () => {
  const browser = useChromium();
  const open = useWebPage(browser);
  let folder = "";

  beforeAll(async () => {
    folder = await temporaryFolder();
    for (const name of ["all", "alone"]) await mkdir(join(folder, name));
    for (const [part, count] of [
      ["train", 400],
      ["test", 60],
    ] as const) {
      const { images, labels } = generateDigits({ count, seed: 3, start: part === "test" ? 1_000_000 : 0 });
      // Twelve bits; those to test on never get as bright.
      const numbers = Uint16Array.from(images, (value) => 16 * (part === "test" ? Math.min(150, value) : value));
      const files = [npyFile(`x_${part}.npy`, [count, 28, 28], numbers), npyFile(`y_${part}.npy`, [count], labels)];
      for (const { name, bytes } of files) {
        await writeFile(join(folder, "all", name), bytes);
        if (part === "test") await writeFile(join(folder, "alone", name), bytes);
      }
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("tests images alone as it did beside those to train on", async () => {
    const page = await open();
    await page.getByRole("status").getByText("20,000 images to train on").waitFor();
    await drop(page, [join(folder, "all")]);
    await page.getByRole("status").getByText("400 images to train on, 60 images to test on").waitFor();
    await page.getByText("pixels from 0 to 4080 are stretched to 0 to 255").waitFor();
    await setField(page, "epochs", "4");
    await train(page);
    const summary = page.getByRole("status").getByText(/% right, .* of 60 wrong; loss/);
    await summary.waitFor();
    const figures = await summary.innerText();

    await drop(page, [join(folder, "alone")]);
    await page.getByText("pixels from 0 to 4080 are stretched to 0 to 255, as in training").waitFor();
    expect(await textOf(page, ".card [role=status]")).toMatch(/^400 images to train on, 60 images to test on/);
    await page.getByRole("button", { name: /^Look/ }).click();
    await page.getByRole("button", { name: /^Look/, disabled: false }).waitFor();
    expect(await summary.innerText()).toBe(figures);
  });
});
