// Brightness, contrast and saturation of training images, against torchvision's definition in float64, written apart: for RGB in [0, 1],
// blend(a, b, f) = clamp(f a + (1 - f) b); brightness blends with 0, contrast with the mean of the grey image, saturation with the grey image,
// grey = 0.2989 R + 0.587 G + 0.114 B (torchvision.transforms.v2.functional: adjust_brightness, adjust_contrast, adjust_saturation).

import { describe, expect, it } from "vitest";
import { type AugmentOptions, readAugment } from "../../src/data/augment.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { jitterColours } from "../../src/training/colours.ts";
import { changedBatch } from "../../src/training/pixel-changes.ts";
import { barImages, compiled } from "../model/networks.ts";

const SHAPE = [5, 7, 3] as const;
const SIZE = 5 * 7 * 3;
const IMAGE = Float32Array.from({ length: SIZE }, (_, i) => (i * 37 + ((i * i) % 91)) % 256);

/** An image whose colours are changed, with the seed of its draws. */
function changed(
  options: AugmentOptions,
  seed: number,
  image = IMAGE,
  shape: readonly [number, number, number] = SHAPE,
) {
  const pixels = image.slice();
  jitterColours(pixels, readAugment(options), shape, RandomStream.from(seed, "test"));
  return pixels;
}

type Rgb = [number, number, number];
const clamp = (value: number) => Math.min(1, Math.max(0, value));
const rgbOf = (pixels: ArrayLike<number>): Rgb[] =>
  Array.from({ length: pixels.length / 3 }, (_, i) => [
    pixels[3 * i] / 255,
    pixels[3 * i + 1] / 255,
    pixels[3 * i + 2] / 255,
  ]);
const grey = ([r, g, b]: Rgb) => 0.2989 * r + 0.587 * g + 0.114 * b;
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const blend = (image: Rgb[], other: (pixel: Rgb) => number, f: number) =>
  image.map((pixel): Rgb => {
    const b = other(pixel);
    return [clamp(f * pixel[0] + (1 - f) * b), clamp(f * pixel[1] + (1 - f) * b), clamp(f * pixel[2] + (1 - f) * b)];
  });

/** torchvision's three functions. */
const ADJUST = {
  brightness: (image: Rgb[], f: number) => blend(image, () => 0, f),
  contrast: (image: Rgb[], f: number) => {
    const level = mean(image.map(grey));
    return blend(image, () => level, f);
  },
  saturation: (image: Rgb[], f: number) => blend(image, grey, f),
};
type Change = keyof typeof ADJUST;
const CHANGES: Change[] = ["brightness", "contrast", "saturation"];
const ORDERS = CHANGES.flatMap((a) => CHANGES.flatMap((b) => CHANGES.map((c) => [a, b, c]))).filter(
  (order) => new Set(order).size === 3,
);

/** Largest difference of two images, in the unit of bytes. */
const apart = (got: ArrayLike<number>, wanted: Rgb[]) =>
  Math.max(...wanted.flat().map((value, i) => Math.abs(got[i] - 255 * value)));

describe.each(CHANGES)("%s", (change) => {
  it("is torchvision's, by factors that fill the range and reach no further", () => {
    const factors = Array.from({ length: 200 }, (_, seed) => {
      const got = changed({ [change]: 0.4 }, seed);
      const image = rgbOf(IMAGE);
      const nearest = (begin: number, end: number, steps: number) => {
        const candidates = Array.from({ length: steps + 1 }, (_, i) => begin + ((end - begin) * i) / steps);
        const distances = candidates.map((f) => apart(got, ADJUST[change](image, f)));
        const best = Math.min(...distances);
        return { factor: candidates[distances.indexOf(best)], best };
      };
      // The factor that fits: the distance grows on both sides of it, so it lies beside the best one of a coarse grid.
      const step = 0.82 / 40;
      const { factor: about } = nearest(0.59, 1.41, 40);
      const { factor, best } = nearest(about - step, about + step, 80);
      expect(best).toBeLessThan(0.15);
      return factor;
    });
    expect(Math.min(...factors)).toBeGreaterThan(0.5995);
    expect(Math.max(...factors)).toBeLessThan(1.4005);
    expect(Math.min(...factors)).toBeLessThan(0.63);
    expect(Math.max(...factors)).toBeGreaterThan(1.37);
    expect(Math.abs(mean(factors) - 1)).toBeLessThan(0.05);
  });

  it("goes down to nothing, and not below, where it is more than 1", () => {
    const images = Array.from({ length: 100 }, (_, seed) => changed({ [change]: 3 }, seed));
    for (const image of images) for (const value of image) expect(value >= 0 && value <= 255).toBe(true);
    expect(new Set(images.map(String)).size).toBe(100);
  });
});

it("changes colours in every one of the six orders", () => {
  const range = { brightness: 0.5, contrast: 0.5, saturation: 0.5 };
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 240; seed++) {
    const stream = RandomStream.from(seed, "test");
    const got = changed(range, seed);
    const fits = ORDERS.filter((order) => {
      const wanted = order.reduce(
        (image, change) => ADJUST[change](image, 0.5 + stream.uniform(CHANGES.indexOf(change))),
        rgbOf(IMAGE),
      );
      return apart(got, wanted) < 1e-3;
    });
    expect(fits.length).toBeGreaterThan(0);
    if (fits.length === 1) counts.set(fits[0].join(), (counts.get(fits[0].join()) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  expect(Math.min(...counts.values())).toBeGreaterThan(5);
});

it("leaves grey images grey: saturation does nothing to them, contrast blends with their mean", () => {
  const shape = [5, 21, 1] as const;
  expect(changed({ saturation: 0.9 }, 3, IMAGE, shape)).toEqual(IMAGE);
  const got = changed({ contrast: 0.3 }, 3, IMAGE, shape);
  const level = mean([...IMAGE]);
  const ratios = [...got].map((value, i) => (value - level) / (IMAGE[i] - level));
  const inside = ratios.filter((_, i) => got[i] > 0 && got[i] < 255);
  expect(Math.max(...inside) - Math.min(...inside)).toBeLessThan(1e-3);
});

describe("a batch with other colours", () => {
  const data = barImages(12);
  const augment = readAugment({ brightness: 0.3, contrast: 0.3, saturation: 0.3 });
  const indices = Uint32Array.of(7, 2, 2, 9);

  it("draws for each place and step anew, from the seed alone, and leaves the data as it is", () => {
    const before = data.images.slice();
    const batch = (seed: number, step: number) => changedBatch(augment, { data, indices }, { seed, step });
    const { data: own, indices: places } = batch(1, 5);
    expect([...places]).toEqual([0, 1, 2, 3]);
    expect([...(own.labels ?? [])]).toEqual([...indices].map((index) => data.labels?.[index]));
    const size = own.images.length / 4;
    expect(own.images.slice(size, 2 * size)).not.toEqual(own.images.slice(2 * size, 3 * size));
    expect(batch(1, 5).data.images).toEqual(own.images);
    expect(batch(1, 6).data.images).not.toEqual(own.images);
    expect(batch(2, 5).data.images).not.toEqual(own.images);
    expect(data.images).toEqual(before);
  });

  it("trains to the same bits on one thread and on two, with other changes and with mixed images beside", async () => {
    for (const more of [{}, { horizontalFlip: true, shift: 1 }, { mixup: 0.4 }]) {
      const options = { brightness: 0.3, contrast: 0.3, saturation: 0.3, ...more };
      const weights = await Promise.all(
        [1, 2].map(async (threads) => {
          const model = await compiled({ batchSize: 4, threads });
          await model.fit(data, { augment: options, epochs: 2 });
          return model.save();
        }),
      );
      expect(weights[0]).toEqual(weights[1]);
    }
  });
});
