// The view "Teach" without a camera: files, drags, keys, what is kept, what is saved, and what goes wrong.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { INPUT_SCALING_KEY } from "../../src/formats/onnx/metadata.ts";
import {
  conv2d,
  createModel,
  dense,
  exportModel,
  globalAveragePooling2d,
  importModel,
  loadModel,
} from "../../src/node.ts";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { removeFolder, temporaryFolder } from "./pages.ts";
import { classCard, colourFiles, colourPicture, giveFiles, learns, openTeach, picturesOf } from "./teach-page.ts";
import { drop, messageOf, useWebPage } from "./web-page.ts";

const [RED, GREEN, BLUE] = [0, 1, 2];

/** A backbone of 24 features, whose file does not say how pixels are scaled. */
async function backbone(channels = 3): Promise<Buffer> {
  const model = createModel({
    input: { shape: [24, 24, channels], scale: 1 / 255 },
    layers: [conv2d({ filters: 24, kernelSize: 3, activation: "relu" }), globalAveragePooling2d(), dense({ units: 5 })],
    seed: 2,
  });
  await model.compile({ threads: 1 });
  const [{ bytes }] = await exportModel(model, { format: "onnx", withoutScaling: true });
  // Files of other programs do not know the note in which ours tell it.
  return Buffer.from(
    Buffer.from(bytes).toString("latin1").replaceAll(INPUT_SCALING_KEY, "x".repeat(INPUT_SCALING_KEY.length)),
    "latin1",
  );
}

async function addBackbone(page: Page, name: string, buffer: Buffer): Promise<void> {
  const file = { name, mimeType: "application/octet-stream", buffer };
  await page.getByLabel("File of a backbone").setInputFiles(file);
}

/** Says that pixels are 0 to 1, and waits until the backbone is in use. */
async function useUnit(page: Page, name: string): Promise<void> {
  await page.getByRole("radio", { name: "0 to 1", exact: true }).check();
  await page.getByRole("button", { name: "Use it so" }).click();
  await page.getByRole("radio", { name: new RegExp(`^${name}`), checked: true }).waitFor();
}

/** Teaches red and blue, so many pictures of each. */
async function teachColours(page: Page, count: number): Promise<void> {
  await giveFiles(page, "Class 1", colourFiles(RED, count));
  await giveFiles(page, "Class 2", colourFiles(BLUE, count));
  await learns(page, `Learned 2 classes from ${2 * count} pictures`);
}

async function tried(page: Page, colour: number): Promise<string> {
  const buffer = colourPicture(colour, 99);
  await page.getByLabel("A picture to try").setInputFiles({ name: "try.png", mimeType: "image/png", buffer });
  await page.locator(".teach-frame img").waitFor();
  await page.locator(".teach-look .bar-best").waitFor();
  return page.locator(".teach-look .answer").innerText();
}

async function saves(page: Page, label: RegExp): Promise<Buffer> {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: label }).click();
  return readFile(await (await download).path());
}

describeInChromium("the view Teach", () => {
  const browser = useChromium();
  const open = useWebPage(browser);
  let folder = "";
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => removeFolder(folder));

  it("learns from files without a backbone, and keeps everything over a reload until it is forgotten", async () => {
    const page = await open();
    await openTeach(page);
    await classCard(page, "Class 1").getByLabel("Name of the class Class 1").fill("Rose");
    await page.keyboard.press("Enter");
    await giveFiles(page, "Rose", colourFiles(RED, 1));
    await page.getByText("Rose has one picture and Class 2 has no pictures: a class needs 3").waitFor();
    await giveFiles(page, "Rose", colourFiles(RED, 8));
    await giveFiles(page, "Class 2", colourFiles(BLUE, 8));
    await learns(page, "Learned 2 classes from 17 pictures");
    expect(await tried(page, RED)).toBe("Rose");
    expect(await tried(page, BLUE)).toBe("Class 2");

    await page.reload();
    await learns(page, "Learned 2 classes from 17 pictures");
    expect(await picturesOf(page, "Rose").count()).toBe(9);
    // The pictures themselves came back, too.
    await expect.poll(() => picturesOf(page, "Rose").first().locator("img").evaluate(isDrawn)).toBe(true);
    expect(await tried(page, RED)).toBe("Rose");

    await page.getByRole("button", { name: "Forget all" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Forget all" }).click();
    await page.getByText("Class 1 has no pictures and Class 2 has no pictures").waitFor();
    await page.reload();
    await page.getByText("Class 1 has no pictures and Class 2 has no pictures").waitFor();
    expect(await page.locator(".teach-picture").count()).toBe(0);
  });

  it("moves pictures by a drag and by keys, deletes them, and takes everything back", async () => {
    const page = await open();
    await openTeach(page);
    await teachColours(page, 4);
    // One in the wrong class, which it says.
    await giveFiles(page, "Class 1", colourFiles(BLUE, 1));
    await addBackbone(page, "features.onnx", await backbone());
    await useUnit(page, "features.onnx");
    await classCard(page, "Class 1").getByText("One looks like another class: see it").click();
    await expect.poll(() => focusedLabel(page)).toBe("Picture 5 of 5, Class 1; looks like Class 2");

    await picturesOf(page, "Class 1").nth(4).dragTo(classCard(page, "Class 2").locator(".teach-pictures"));
    await expect.poll(() => picturesOf(page, "Class 2").count()).toBe(5);
    await learns(page, "Learned 2 classes from 9 pictures");
    await page.getByText(/not learned from: 9 of 9 right, 100 %/).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    expect(await picturesOf(page, "Class 1").count()).toBe(5);

    // The same by keys.
    await picturesOf(page, "Class 1").first().focus();
    await page.keyboard.press("End");
    await expect.poll(() => focusedLabel(page)).toMatch(/^Picture 5 of 5, Class 1/);
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Move to Class 2" }).waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => picturesOf(page, "Class 2").count()).toBe(5);
    await expect.poll(() => focusedLabel(page)).toMatch(/^Picture 4 of 4, Class 1/);
    await page.keyboard.press("Delete");
    expect(await picturesOf(page, "Class 1").count()).toBe(3);
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    expect([await picturesOf(page, "Class 1").count(), await picturesOf(page, "Class 2").count()]).toEqual([5, 4]);
    // Files of one choice are taken back together.
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    expect([await picturesOf(page, "Class 1").count(), await picturesOf(page, "Class 2").count()]).toEqual([4, 0]);
  });

  it("adds and removes classes, takes folders as classes, and leaves out what is no picture", async () => {
    const page = await open();
    await openTeach(page);
    await page.getByRole("button", { name: "Add a class" }).click();
    await expect.poll(() => focusedLabel(page)).toBe("Name of the class Class 3");
    await page.keyboard.type("Leaf");
    await page.keyboard.press("Enter");
    await classCard(page, "Leaf").waitFor();
    await page.getByRole("button", { name: "Remove the class Leaf" }).click();
    expect(await classCard(page, "Leaf").count()).toBe(0);

    for (const [name, colour] of [
      ["cherry", RED],
      ["lime", GREEN],
      ["plum", BLUE],
    ] as const) {
      await mkdir(join(folder, "fruit", name), { recursive: true });
      for (let i = 0; i < 4; i++) await writeFile(join(folder, "fruit", name, `${i}.png`), colourPicture(colour, i));
    }
    await writeFile(join(folder, "fruit", "lime", "broken.png"), "no picture at all");
    await writeFile(join(folder, "fruit", ".DS_Store"), "not meant");
    await drop(page, [join(folder, "fruit")]);
    const message = await messageOf(page, "broken.png is no picture that this browser can read");
    expect(await message.innerText()).toContain("The other 12 pictures stay.");
    await learns(page, "Learned 3 classes from 12 pictures");
    expect(await picturesOf(page, "lime").count()).toBe(4);
    expect(await page.locator(".teach-class").count()).toBe(3);
  });

  it("takes what is pasted into the class that was touched last", async () => {
    const page = await open();
    await openTeach(page);
    await classCard(page, "Class 2").getByLabel("Name of the class Class 2").focus();
    await page.evaluate((text) => {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
      document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    }, colourPicture(RED, 1).toString("base64"));
    await expect.poll(() => picturesOf(page, "Class 2").count()).toBe(1);
  });

  it("keeps backbones, and opens and works without a network", async () => {
    const page = await open();
    await openTeach(page);
    await addBackbone(page, "features.onnx", await backbone());
    await useUnit(page, "features.onnx");
    await teachColours(page, 5);
    await page.getByText(/not learned from: 10 of 10 right, 100 %/).waitFor();
    await page.reload();
    await page.getByRole("radio", { name: /^features.onnx/, checked: true }).waitFor();
    await learns(page, "Learned 2 classes from 10 pictures");
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await page.context().setOffline(true);
    await page.reload();
    await learns(page, "Learned 2 classes from 10 pictures");
    await giveFiles(page, "Class 1", colourFiles(RED, 2));
    await learns(page, "Learned 2 classes from 12 pictures");
    expect(await tried(page, BLUE)).toBe("Class 2");
    await page.getByRole("button", { name: "Remove features.onnx" }).click();
    await page.getByRole("radio", { name: /^None/, checked: true }).waitFor();
    expect(await page.getByRole("radio", { name: /^features.onnx/ }).count()).toBe(0);
    await learns(page, "Learned 2 classes from 12 pictures");
  });

  it("says in one line why a file is no backbone", async () => {
    const page = await open();
    await openTeach(page);
    await addBackbone(page, "five.onnx", await backbone(5));
    await page.getByRole("radio", { name: "0 to 1", exact: true }).check();
    await page.getByRole("button", { name: "Use it so" }).click();
    const wrong = await messageOf(page, "cannot be a backbone");
    expect(await wrong.innerText()).toContain(
      "Takes images of 5 channels: a backbone for pictures takes 3, or 1 for grey",
    );
    const other = Buffer.from(
      (await backbone()).toString("latin1").replaceAll("GlobalAveragePool", "GlobalStrangePool"),
      "latin1",
    );
    await addBackbone(page, "strange.onnx", other);
    await expect.poll(() => wrong.innerText()).toContain("GlobalStrangePool");
    await addBackbone(page, "notes.onnx", Buffer.from("not a network"));
    await expect.poll(() => wrong.innerText()).toContain("notes.onnx cannot be a backbone");
    await page.getByText("From an address").click();
    await page.getByLabel("Address of a backbone").fill("nothing-here.onnx");
    await page.getByRole("button", { name: "Fetch" }).click();
    await expect.poll(() => wrong.innerText()).toMatch(/The server says 404/);
  });

  it("says once that the storage is full, and learns on", async () => {
    const page = await open();
    await openTeach(page);
    const protocol = await page.context().newCDPSession(page);
    await protocol.send("Storage.overrideQuotaForOrigin", { origin: new URL(page.url()).origin, quotaSize: 1 });
    await teachColours(page, 4);
    const message = await messageOf(page, "The browser’s storage is full");
    expect(await message.count()).toBe(1);
    expect(await message.innerText()).toContain("What is here works on");
    expect(await tried(page, BLUE)).toBe("Class 2");
  });

  it("exports what it learned as a page, a model, ONNX and for TensorFlow.js", async () => {
    const page = await open();
    await openTeach(page);
    await addBackbone(page, "features.onnx", await backbone());
    await useUnit(page, "features.onnx");
    await teachColours(page, 5);
    const picture = join(folder, "blue.png");
    await writeFile(picture, colourPicture(BLUE, 77));
    const model = await loadModel(await saves(page, /^As a model/), { threads: 1 });
    expect([model.scaling?.fit, model.classNames]).toEqual(["crop", ["Class 1", "Class 2"]]);
    const [best] = await model.classify(picture);
    expect(best.name).toBe("Class 2");
    const { model: again } = await importModel(
      { name: "taught.onnx", bytes: await saves(page, /^As ONNX/) },
      { threads: 1 },
    );
    again.scaling = model.scaling;
    expect((await again.classify(picture))[0].score).toBeCloseTo(best.score, 4);
    expect(JSON.parse((await saves(page, /^For TensorFlow.js/)).toString()).format).toBe("layers-model");

    const html = join(folder, "taught.html");
    await writeFile(html, await saves(page, /^As a page/));
    const { page: exported, noise, close } = await openPage(browser(), pathToFileURL(html).href);
    await exported.getByLabel("A picture from a file").setInputFiles(picture);
    await expect.poll(() => exported.locator(".answer").textContent()).toBe("Class 2");
    await exported.getByRole("button", { name: "Camera" }).waitFor();
    expect(noise).toEqual([]);
    await close();
  });

  it.each(["light", "dark"] as const)("fits a phone, %s", async (colorScheme) => {
    const page = await open({ viewport: { width: 360, height: 740 }, colorScheme, hasTouch: true });
    await openTeach(page);
    await teachColours(page, 4);
    await tried(page, RED);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await picturesOf(page, "Class 2").first().tap();
    await page.getByRole("menuitem", { name: "Move to Class 1" }).tap();
    await expect.poll(() => picturesOf(page, "Class 1").count()).toBe(5);
  });
});

function isDrawn(image: Element): boolean {
  return image instanceof HTMLImageElement && image.complete && image.naturalWidth > 0;
}

function focusedLabel(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
}
