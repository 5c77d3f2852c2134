// The page scales files as the network's training images were: images to test on alone, dropped after the training.

import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { generateDigits } from "../../src/data/digits/generate.ts";
import { dense, flatten } from "../../src/index.ts";
import { createSession } from "../../src/worker/session.ts";
import { npyFile } from "../data/read/npy-writer.ts";
import { oldFile } from "../formats/changed.ts";
import { describeInChromium, useChromium } from "./chromium.ts";
import { temporaryFolder } from "./pages.ts";
import { drop, openFile, runEnds, saved, setField, textOf, train, useWebPage, weightsOf } from "./web-page.ts";

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
  beforeAll(async () => {
    // From 0 to 2: version 0.1 left what is within 0 to 255 as it is.
    await mkdir(join(folder, "former"));
    for (const part of ["train", "test"]) {
      const count = part === "test" ? 60 : 400;
      const { images, labels } = generateDigits({ count, seed: part === "test" ? 4 : 3 });
      const numbers = Float32Array.from(images, (value) => value / 127.5);
      for (const { name, bytes } of [
        npyFile(`x_${part}.npy`, [count, 28, 28], numbers),
        npyFile(`y_${part}.npy`, [count], labels),
      ])
        await writeFile(join(folder, "former", name), bytes);
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

  it("goes on with a run of version 0.1 by its rule, to the weights of one that was not interrupted", async () => {
    const session = await createSession();
    const names = ["x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"];
    const files = names.map((name) => ({ name, bytes: readFileSync(join(folder, "former", name)) }));
    const { train } = await session.readData(files, { stretch: "former" });
    if (train === undefined) throw new Error("expected images to train on");
    const model = await session.createModel({
      input: { shape: [28, 28, 1], scale: 1 / 255 },
      layers: [flatten(), dense({ units: 10 })],
    });
    await model.compile({ optimizer: "adam", loss: "softmaxCrossEntropy", engine: "simd", batchSize: 50 });
    const run = await model.fit(train, { epochs: 3, paused: true });
    await run.step();
    const file = oldFile(await run.checkpoint());
    await run.resume();
    await run.finished;
    const wanted = weightsOf(Buffer.from(await model.save()));
    session.terminate();

    const page = await open();
    await page.getByRole("status").getByText("20,000 images to train on").waitFor();
    await page.locator("[name=engine]").selectOption("simd");
    await drop(page, [join(folder, "former")]);
    await page.getByText("pixels from 0 to 2 are stretched to 0 to 255").waitFor();
    await openFile(page, "run.safetensors", Buffer.from(file));
    await page.getByRole("button", { name: "Go on training" }).click();
    expect(await runEnds(page)).toMatch(/^Done: epoch 3 of 3/);
    expect(await page.getByText("are stretched to 0 to 255").count()).toBe(0);
    expect(weightsOf(await saved(page, /Save the model/))).toEqual(wanted);
  });
});
