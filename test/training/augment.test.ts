import { describe, expect, it } from "vitest";
import type { AugmentOptions } from "../../src/data/augment.ts";
import { barImages, compiled, SHAPE } from "../model/networks.ts";

const [HEIGHT, WIDTH, CHANNELS] = SHAPE;
const SIZE = HEIGHT * WIDTH * CHANNELS;
const N = 40;
const data = barImages(N);

/** A raw pixel as the first layer gets it. */
const scaled = (pixel: number) => Math.fround(pixel / 128 - 1);

/** The images that the first layer saw in a step over all of them. */
async function augmented(augment: AugmentOptions): Promise<Float32Array[]> {
  const model = await compiled({ batchSize: N });
  await model.fit(data, { augment, shuffle: false });
  const region = model.network.regions.find(({ name }) => name === "augmented images");
  expect(region?.size).toBe(N * SIZE);
  const images = Float32Array.from(model.network.view(region?.offset ?? 0, N * SIZE));
  return Array.from({ length: N }, (_, image) => images.subarray(image * SIZE, (image + 1) * SIZE));
}

/** An image of the data moved and mirrored; raw zeros come in from outside. */
function moved(image: number, x: number, y: number, mirror = false): Float32Array {
  return Float32Array.from({ length: SIZE }, (_, i) => {
    const channel = i % CHANNELS;
    const column = Math.floor(i / CHANNELS) % WIDTH;
    const row = Math.floor(i / CHANNELS / WIDTH);
    const [fromRow, fromColumn] = [row - y, (mirror ? WIDTH - 1 - column : column) - x];
    const inside = fromRow >= 0 && fromRow < HEIGHT && fromColumn >= 0 && fromColumn < WIDTH;
    return scaled(inside ? data.images[image * SIZE + (fromRow * WIDTH + fromColumn) * CHANNELS + channel] : 0);
  });
}

/** For each image, which of the candidates it is; undefined for none. */
async function choices(
  augment: AugmentOptions,
  candidates: readonly ((image: number) => Float32Array)[],
): Promise<(number | undefined)[]> {
  const images = await augmented(augment);
  return images.map((got, image) => {
    const index = candidates.findIndex((candidate) => {
      const wanted = candidate(image);
      return got.every((value, i) => value === wanted[i]);
    });
    return index < 0 ? undefined : index;
  });
}

describe("augmented images", () => {
  it("are the images themselves where nothing changes them", async () => {
    expect(new Set(await choices({}, [(image) => moved(image, 0, 0)]))).toEqual(new Set([0]));
  });

  it("are mirrored or not", async () => {
    const found = await choices({ horizontalFlip: true }, [
      (image) => moved(image, 0, 0),
      (image) => moved(image, 0, 0, true),
    ]);
    expect(new Set(found)).toEqual(new Set([0, 1]));
  });

  it("are mirrored in every other epoch, half of them in the first, with alternating flips", async () => {
    const model = await compiled({ batchSize: 16, seed: 2 });
    const region = model.network.regions.find(({ name }) => name === "augmented images");
    const options = { epochs: 4, augment: { horizontalFlip: "alternating" }, shuffle: false } as const;
    const mirrored: boolean[][] = [];
    for await (const event of model.fitEvents(data, options)) {
      if (event.event !== "step") continue;
      for (let i = 0; i < event.batchSize; i++) {
        const image = (event.stepInEpoch - 1) * 16 + i;
        const got = model.network.view((region?.offset ?? 0) + i * SIZE, SIZE);
        const isMirrored = got.every((value, k) => value === moved(image, 0, 0, true)[k]);
        expect(isMirrored || got.every((value, k) => value === moved(image, 0, 0)[k])).toBe(true);
        mirrored[image] = [...(mirrored[image] ?? []), isMirrored];
      }
    }
    for (const [first, ...rest] of mirrored) expect(rest).toEqual([!first, first, !first]);
    const count = mirrored.filter(([first]) => first).length;
    // Forty tosses of a coin: outside of this once in a thousand times.
    expect(count).toBeGreaterThanOrEqual(10);
    expect(count).toBeLessThanOrEqual(30);
  });

  it("are cropped from a padded image", async () => {
    const places = [-1, 0, 1].flatMap((x) => [-1, 0, 1].map((y) => (image: number) => moved(image, x, y)));
    const found = await choices({ randomCrop: 1 }, places);
    expect(found).not.toContain(undefined);
    expect(new Set(found).size).toBeGreaterThan(6);
  });

  it("have a square of raw zeros where one was cut out", async () => {
    const images = await augmented({ cutout: 3 });
    images.forEach((got, image) => {
      const original = moved(image, 0, 0);
      const changed = Array.from(got.keys()).filter((i) => got[i] !== original[i]);
      expect(changed.every((i) => got[i] === scaled(0))).toBe(true);
      const rows = changed.map((i) => Math.floor(i / CHANNELS / WIDTH));
      const columns = changed.map((i) => Math.floor(i / CHANNELS) % WIDTH);
      expect(Math.max(...rows) - Math.min(...rows)).toBeLessThan(3);
      expect(Math.max(...columns) - Math.min(...columns)).toBeLessThan(3);
    });
  });

  it("are drawn afresh in every step", async () => {
    const model = await compiled({ batchSize: N });
    const region = model.network.regions.find(({ name }) => name === "transforms");
    const seen: string[] = [];
    for await (const event of model.fitEvents(data, { epochs: 3, augment: { shift: 1 }, shuffle: false })) {
      if (event.event === "step") seen.push(String(Array.from(model.network.view(region?.offset ?? 0, N * 10))));
    }
    expect(new Set(seen).size).toBe(3);
  });

  it("are not used in evaluation", async () => {
    const model = await compiled({ batchSize: N });
    const { epochs } = await model.fit(data, { validation: data, augment: { shift: 3, rotate: 90 } });
    expect(epochs[0].valLoss).toBe((await model.evaluate(data)).loss);
  });
});
