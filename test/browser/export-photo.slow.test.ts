// The page of a model of photographs: pictures that are dropped, chosen or taken, and what the network is given of them.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDataset, createModel, dense, flatten, type PixelScaling } from "../../src/index.ts";
import { convasm } from "../cli/process.ts";
import { encodePng } from "../data/png-writer.ts";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { removeFolder, temporaryFolder } from "./pages.ts";

const SHAPE = [12, 16, 3] as const;
const SIZE = 12 * 16 * 3;
const FAKE_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

/** A model that tells red pictures from blue ones, in the unit of its scaling. */
async function trainedFile(scaling: PixelScaling | undefined): Promise<Uint8Array> {
  const labels = Uint8Array.from({ length: 64 }, (_, i) => i % 2);
  const unit = (byte: number) => (scaling?.kept === true ? byte / scaling.factor + scaling.base : byte);
  const images = Float32Array.from({ length: 64 * SIZE }, (_, at) => {
    const isBright = at % 3 === 2 * labels[Math.floor(at / SIZE)];
    return unit(((at * 7919) % 90) + (isBright ? 160 : 0));
  });
  const model = createModel({
    input: { shape: SHAPE, scale: scaling?.kept === true ? 1 : 1 / 255 },
    layers: [flatten(), dense({ units: 2 })],
  });
  await model.compile({ engine: "simd", optimizer: "sgd", loss: "softmaxCrossEntropy", batchSize: 32 });
  const data = createDataset({
    shape: SHAPE,
    images,
    labels,
    classNames: ["red", "blue"],
    ...(scaling && { scaling }),
  });
  await model.fit(data, { epochs: 4 });
  return model.save();
}

/** A picture of another size, red at the left and blue at the right. */
function picture(red: number): Buffer {
  const width = 50;
  const sample = (x: number, _: number, colour: number) =>
    (colour === 0) === x < red * width && colour !== 1 ? 220 : 30;
  return Buffer.from(encodePng({ width, height: 30, depth: 8, colourType: 2, sample }));
}

/** The figures of `convasm predict`. */
async function predicted(model: string, png: Buffer, folder: string): Promise<readonly string[]> {
  const path = join(folder, "picture.png");
  await writeFile(path, png);
  const result = await convasm(["predict", model, path, "--json"], { cwd: folder });
  const { probabilities } = result.event("prediction");
  if (!Array.isArray(probabilities)) throw new Error(result.stderr);
  return probabilities.map((share) => `${(100 * share).toFixed(1)} %`);
}

const answer = (page: Page) => page.locator(".answer").textContent();
const shares = (page: Page) => page.locator(".bar-value").allTextContents();

/** Drops a file onto the middle of the page. */
async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  await page.evaluate(
    ({ name, text }) => {
      const file = new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name);
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(file);
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    },
    { name, text: bytes.toString("base64") },
  );
}

describeInChromium("a model of photographs exported as one HTML file", () => {
  const browser = useChromium(FAKE_CAMERA);
  let folder = "";
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => removeFolder(folder));

  async function exported(name: string, scaling?: PixelScaling): Promise<{ model: string; address: string }> {
    const model = join(folder, `${name}.safetensors`);
    const page = join(folder, `${name}.html`);
    await writeFile(model, await trainedFile(scaling));
    const result = await convasm(["export", model, "--to", "html", "-o", page], { cwd: folder });
    expect(result.stderr).toBe("");
    return { model, address: pathToFileURL(page).href };
  }

  it.each([
    ["bytes", undefined],
    ["kept", { base: -1, factor: 127.5, kept: true }],
    ["cropped", { base: 0, factor: 1, fit: "crop" as const }],
  ])("gives the network what convasm predict gives it: %s", async (name, scaling) => {
    const { model, address } = await exported(name, scaling);
    const { page, noise, close } = await openPage(browser(), address);
    await page.getByText("Drop a photograph here").waitFor();
    expect(await answer(page)).toBe("?");
    expect(await page.locator(".pad").count()).toBe(0);

    const mostlyBlue = picture(0.3);
    await drop(page, "blue.png", mostlyBlue);
    await expect.poll(() => answer(page)).toBe("blue");
    expect(await shares(page)).toEqual(await predicted(model, mostlyBlue, folder));
    await expect.poll(() => page.getByRole("status").textContent()).toContain("Looks like blue, ");

    const mostlyRed = picture(0.6);
    await page
      .getByLabel("A picture from a file")
      .setInputFiles({ name: "r.png", mimeType: "image/png", buffer: mostlyRed });
    await expect.poll(() => answer(page)).toBe("red");
    expect(await shares(page)).toEqual(await predicted(model, mostlyRed, folder));

    await page.getByRole("button", { name: "Clear" }).click();
    await expect.poll(() => answer(page)).toBe("?");
    await page.getByText("Drop a photograph here").waitFor();
    await drop(page, "notes.txt", Buffer.from("no picture"));
    await page.getByText("notes.txt is no picture that this browser can read.").waitFor();
    expect(noise).toEqual([]);
    await close();
  });

  it("looks through the camera and takes a picture, from a disk", async () => {
    const { address } = await exported("camera");
    const { page, noise, close } = await openPage(browser(), address, { viewport: { width: 390, height: 844 } });
    await page.getByRole("button", { name: "Camera" }).click();
    await expect.poll(() => answer(page)).not.toBe("?");
    expect(await page.locator("video").count()).toBe(1);
    await page.getByRole("button", { name: "Take" }).click();
    await page.getByRole("img", { name: "The picture" }).waitFor();
    expect(await page.locator("video").count()).toBe(0);
    expect(await answer(page)).not.toBe("?");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(noise).toEqual([]);
    await close();
  });

  it("may be had for a grey model, too, and a pad for a colour one", async () => {
    const { model } = await exported("either");
    const page = join(folder, "pad.html");
    await convasm(["export", model, "--to", "html", "-o", page, "--input", "drawing"], { cwd: folder });
    expect(await readFile(page, "utf8")).toContain('data-input="drawing"');
    const wrong = await convasm(["export", model, "--to", "html", "-o", page, "--input", "pen"], { cwd: folder });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/--input .*pen.*auto, drawing, photo/);
  });
});
