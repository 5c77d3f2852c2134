import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { generateDigits } from "../../src/data/digits/generate.ts";
import { describeInChromium, useChromium } from "./chromium.ts";
import { temporaryFolder } from "./pages.ts";
import { drop, messageOf, readout, runEnds, setField, textOf, train, useWebPage } from "./web-page.ts";

const COUNTS = { train: 60, t10k: 20 } as const;

/** An IDX file: two zeros, the type of bytes, the number of axes, their lengths, then the bytes. */
function idx(lengths: readonly number[], bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(4 + 4 * lengths.length);
  head.set([0, 0, 8, lengths.length]);
  for (const [axis, length] of lengths.entries()) head.writeUInt32BE(length, 4 + 4 * axis);
  return Buffer.concat([head, bytes]);
}

/** MNIST's four files with a few generated digits, a CSV file, a folder of pictures, and what is broken. */
async function writeFiles(folder: string): Promise<void> {
  await mkdir(join(folder, "mnist"));
  for (const [name, count] of Object.entries(COUNTS)) {
    const { images, labels } = generateDigits({ count, seed: 3 });
    await writeFile(join(folder, "mnist", `${name}-images-idx3-ubyte`), idx([count, 28, 28], images));
    await writeFile(join(folder, "mnist", `${name}-labels-idx1-ubyte`), idx([count], labels));
  }
  const { images, labels } = generateDigits({ count: 40, seed: 4 });
  const rows = Array.from(labels, (label, i) => [label, ...images.subarray(i * 784, (i + 1) * 784)].join(","));
  await writeFile(join(folder, "digits.csv"), `${rows.join("\n")}\n`);
  await mkdir(join(folder, "broken"));
  await writeFile(join(folder, "broken", "train-images-idx3-ubyte"), idx([40, 28, 28], images.subarray(0, 30_000)));
  await writeFile(join(folder, "broken", "train-labels-idx1-ubyte"), idx([40], labels));
}

/** The epoch that the line below the buttons tells. */
async function epochOf(page: Page): Promise<number> {
  const [epoch] = (await textOf(page, ".run-place")).match(/\d+/) ?? [];
  return Number(epoch);
}

async function learnsFromFew(page: Page): Promise<void> {
  await setField(page, "epochs", "2");
  expect(await train(page)).toMatch(/^Done: epoch 2 of 2/);
}

describeInChromium("the page in trouble", () => {
  const browser = useChromium();
  const open = useWebPage(browser);
  let folder = "";

  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeFiles(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("says of a broken file what is wrong, keeps its images, and takes files that are whole", async () => {
    const page = await open();
    await page.getByRole("status").getByText("20,000 images to train on").waitFor();
    await drop(page, [join(folder, "broken")]);
    const broken = await messageOf(page, "These files could not be read");
    expect(await broken.innerText()).toMatch(
      /train-images-idx3-ubyte.*expected 31376 bytes, got 30016; .*leaves such files out\. Drop them again whole.*The images from before are still there: Generated digits/s,
    );
    expect(await textOf(page, ".card [role=status]")).toMatch(/^20,000 images/);

    await drop(page, [join(folder, "mnist")]);
    await page.getByRole("status").getByText("60 images to train on, 20 images to test on; 28 × 28 × 1").waitFor();
    expect(await broken.count()).toBe(0);
    await drop(page, [join(folder, "digits.csv")]);
    await page.getByRole("status").getByText("34 images to train on, 6 images to test on; 28 × 28 × 1").waitFor();
    await learnsFromFew(page);
  });

  it("says of too large a batch what to do, and trains with a smaller one", async () => {
    const page = await open();
    await page.getByRole("status").getByText("20,000 images to train on").waitFor();
    await setField(page, "train", "500");
    await page.getByRole("status").getByText("500 images to train on").waitFor();
    await setField(page, "batchSize", "1000000");
    await page.getByRole("button", { name: "Start" }).click();
    const message = await messageOf(page, "The training could not start");
    expect(await message.innerText()).toMatch(/A smaller batch needs less memory/);
    await setField(page, "batchSize", "100");
    await learnsFromFew(page);
    expect(await message.count()).toBe(0);
  });

  it("goes on from the last epoch when its worker is lost", async () => {
    const page = await open();
    await page.getByRole("status").getByText("20,000 images to train on").waitFor();
    await setField(page, "train", "4000");
    await page.getByRole("status").getByText("4,000 images to train on").waitFor();
    await setField(page, "epochs", "200");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByText(/^Epoch ([2-9]|\d\d+) of 200/).waitFor();
    // The session's worker begins the threads, so it is the first.
    const [first] = page.workers();
    await first.evaluate(() => self.close());
    const lost = await messageOf(page, "The worker that trained is gone");
    const [, epoch] = (await lost.innerText()).match(/ended without a word.*goes on from epoch (\d+)\./s) ?? [];
    expect(Number(epoch)).toBeGreaterThanOrEqual(2);
    await lost.getByRole("button", { name: "Start a new worker" }).click();
    await page.getByText(/^Epoch \d+ of 200/).waitFor();
    expect(await epochOf(page)).toBeGreaterThanOrEqual(Number(epoch));

    await page.getByRole("button", { name: "Stop" }).click();
    expect(await runEnds(page)).toMatch(/^Stopped in epoch/);
    expect(await readout(page, "Held out")).toBeGreaterThanOrEqual(90);
  });

  it("asks before it is left while it trains", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByText(/^Epoch 1/).waitFor();
    const asked = page.waitForEvent("dialog");
    await page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.accept();
  });
});
