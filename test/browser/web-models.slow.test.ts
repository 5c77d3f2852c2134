// The page opens models of other programs and saves for them; what it saves is read again here.

import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Download, Page } from "playwright-core";
import { expect, it } from "vitest";
import { importModel } from "../../src/importing/import-model.ts";
import { useFiles } from "../../src/node/host-files.ts";
import { describeInChromium, useChromium } from "./chromium.ts";
import { messageOf, useWebPage } from "./web-page.ts";

useFiles();

const fileOf = (name: string) => fileURLToPath(new URL(`../importing/${name}`, import.meta.url));

async function choose(page: Page, ...names: readonly string[]): Promise<void> {
  await page.getByLabel("Model file", { exact: true }).setInputFiles(names.map(fileOf));
}

/** The files that a menu item saves. */
async function savedFiles(page: Page, item: RegExp, count: number): Promise<{ name: string; bytes: Uint8Array }[]> {
  const downloads: Download[] = [];
  const all = new Promise<void>((resolve) => {
    page.on("download", (download) => {
      downloads.push(download);
      if (downloads.length === count) resolve();
    });
  });
  await page.getByRole("button", { name: "Model", exact: true }).click();
  const { CONVASM_SCREENSHOTS: folder } = process.env;
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: `${folder}/model-menu.png` });
  }
  await page.getByRole("menuitem", { name: item }).click();
  await all;
  page.removeAllListeners("download");
  return Promise.all(
    downloads.map(async (download) => ({
      name: download.suggestedFilename(),
      bytes: new Uint8Array(readFileSync(await download.path())),
    })),
  );
}

describeInChromium("the page and other programs' models", () => {
  const browser = useChromium();
  const open = useWebPage(browser);

  it("opens a model of ONNX, asks for its scaling, and saves it for every program", async () => {
    const page = await open();
    await choose(page, "onnx/chain-traced.onnx");
    const question = await messageOf(page, /^What numbers does chain-traced\.onnx take\?/);
    const { CONVASM_SCREENSHOTS: folder } = process.env;
    if (folder !== undefined) await page.screenshot({ path: `${folder}/scaling.png` });
    await question.getByRole("button", { name: "0 to 1", exact: true }).click();
    await messageOf(page, "chain-traced.onnx is loaded");
    const options = { engine: "js", batchSize: 1 } as const;
    const { model } = await importModel(fileOf("onnx/chain-traced.onnx"), { ...options, input: "unit" });
    const sizes = (of: typeof model) => of.architecture.parameters().map(({ shape }) => shape.join());
    for (const [item, count] of [
      [/Save for ONNX/, 1],
      [/Save for Keras/, 1],
      [/Save for TensorFlow\.js/, 2],
      [/Save for PyTorch/, 2],
    ] as const) {
      const files = await savedFiles(page, item, count);
      const isPytorch = files.some(({ name }) => name.endsWith(".py"));
      const main = files.find(({ name }) => /\.(onnx|keras|json|safetensors)$/.test(name)) ?? files[0];
      const { model: again } = isPytorch
        ? await importModel(main, { ...options, network: model.architecture })
        : await importModel([main, ...files.filter((file) => file !== main)], options);
      expect(sizes(again)).toEqual(sizes(model));
      for (const name of isPytorch ? model.weights().keys() : []) {
        expect(again.getWeight(name)).toEqual(model.getWeight(name));
      }
      again.dispose();
    }
    model.dispose();
  });

  it.each([
    ["files/keras/version-2.keras"],
    ["files/keras/version-2.h5"],
    ["files/tensorflowjs/layers.json", "files/tensorflowjs/layers.1of2.bin", "files/tensorflowjs/layers.2of2.bin"],
  ])("opens %s", async (...names) => {
    const page = await open();
    await choose(page, ...names);
    const question = page.getByRole("button", { name: "0 to 255", exact: true });
    const loaded = page.locator(".message", { hasText: "is loaded" });
    await question.or(loaded).waitFor();
    if (await question.isVisible()) await question.click();
    await loaded.waitFor();
  });

  it("says why a file is refused", async () => {
    const page = await open();
    await choose(page, "files/torchscript.pt");
    const message = await messageOf(page, /^torchscript\.pt could not be read/);
    expect(await message.innerText()).toMatch(/TorchScript/);
  });
});
