// The examples, each as its README says: with a small backbone and pictures that the test makes.

import { execFile } from "node:child_process";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  conv2d,
  createModel,
  dense,
  exportModel,
  globalAveragePooling2d,
  importModel,
  loadModel,
} from "../../src/node.ts";
import { describeInChromium, openPage, useChromium } from "../browser/chromium.ts";
import { removeFolder, temporaryFolder } from "../browser/pages.ts";
import { startServer } from "../browser/server.ts";
import { encodePng } from "../data/png-writer.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLES = join(ROOT, "examples");

let folder = "";
let network = "";
let photos = "";

beforeAll(async () => {
  folder = await temporaryFolder();
  network = join(folder, "network.onnx");
  photos = join(folder, "photos");
  await writeFile(network, await backbone());
  for (const [name, colour] of [
    ["apples", 0],
    ["plums", 2],
  ] as const) {
    await mkdir(join(photos, name), { recursive: true });
    for (let i = 0; i < 20; i++) await writeFile(join(photos, name, `${i}.png`), picture(colour, i));
  }
});
afterAll(() => removeFolder(folder));

/** A network of 20 features, whose scaling is left out. */
async function backbone(): Promise<Uint8Array> {
  const model = createModel({
    input: { shape: [16, 16, 3], scale: 1 / 255 },
    layers: [conv2d({ filters: 20, kernelSize: 3, activation: "relu" }), globalAveragePooling2d(), dense({ units: 7 })],
    seed: 4,
  });
  await model.compile({ threads: 1 });
  const [{ bytes }] = await exportModel(model, { format: "onnx", withoutScaling: true });
  return bytes;
}

/** A picture that is red, or blue, with noise. */
function picture(colour: number, seed: number): Uint8Array {
  const noise = (x: number, y: number) => ((x * 31 + y * 17 + seed * 7919) * 2654435761) % 97;
  const sample = (x: number, y: number, channel: number) => noise(x, y) + (channel === colour ? 130 : 20);
  return encodePng({ width: 40, height: 30, depth: 8, colourType: 2, sample });
}

describe("the example in Node", () => {
  it("learns, and writes two models", async () => {
    const script = join(EXAMPLES, "node", "transfer.js");
    const { stdout } = await promisify(execFile)(process.execPath, [script, network, photos, "unit"], { cwd: folder });
    expect(stdout).toContain("32 pictures of apples, plums; 8 held out");
    expect(stdout).toContain("100.0 % of those held out are right");
    const model = await loadModel(await readFile(join(folder, "photos.safetensors")), { threads: 1 });
    const [best] = await model.classify(join(photos, "plums", "3.png"));
    expect([best.name, model.scaling?.fit]).toEqual(["plums", "crop"]);
    const { model: again } = await importModel(join(folder, "photos.onnx"), { threads: 1 });
    expect(again.classNames).toEqual(["apples", "plums"]);
  });
});

describeInChromium("the examples in pages", () => {
  const browser = useChromium();

  async function learns(files: string): Promise<void> {
    const server = await startServer({ folders: { "/": files } });
    const { page, noise, close } = await openPage(browser(), server.origin);
    await page.getByLabel(/^A network/).setInputFiles(network);
    await page.getByLabel(/^Scaling/).selectOption("unit");
    await page.getByLabel(/^Photographs, in one folder/).setInputFiles(photos);
    await page.getByRole("button", { name: "Learn" }).click();
    await page.getByText("Learned apples, plums: 100.0 % of 8 held-out pictures are right.").waitFor();
    const photo = page.getByLabel("A photograph to try");
    if ((await photo.count()) > 0) {
      await photo.setInputFiles(join(photos, "apples", "5.png"));
      await page.getByText(/^apples: \d/).waitFor();
    }
    expect(noise).toEqual([]);
    expect(server.requests.filter(({ found }) => !found)).toEqual([]);
    await close();
    await server.close();
  }

  it("learns in a worker that Vite made", async () => {
    const app = join(folder, "vite");
    await cp(join(EXAMPLES, "vite"), app, { recursive: true });
    await mkdir(join(app, "node_modules"));
    await symlink(ROOT, join(app, "node_modules", "convasm"));
    const outDir = join(app, "out");
    await vite({ root: app, configFile: false, logLevel: "error", build: { outDir } });
    await learns(outDir);
  });

  it("learns in one HTML file beside the library's one file", async () => {
    const page = join(folder, "one-file");
    await mkdir(page);
    await cp(join(EXAMPLES, "one-file", "index.html"), join(page, "index.html"));
    await cp(join(ROOT, "dist", "convasm.full.min.js"), join(page, "convasm.full.min.js"));
    await learns(page);
  });
});
