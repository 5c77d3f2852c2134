import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { prepareDigit } from "../../src/data/digit-image.ts";
import { readIdxImages } from "../../src/data/idx.ts";
import { type Plane, type RasterImage, resizePlane } from "../../src/data/image.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { correlation } from "../numeric/correlation.ts";

const folder = process.env.CONVASM_DATA
  ? join(process.env.CONVASM_DATA, "mnist")
  : resolve(import.meta.dirname, "../../../shared/data/mnist");
const path = ["t10k-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte"].map((name) => join(folder, name)).find(existsSync);
if (path === undefined) console.log(`digits of the real MNIST are not tested: ${folder} has none`);
const digits = path === undefined ? undefined : await readIdxImages({ name: path, bytes: await readFile(path) });
const COUNT = 20;

function digit(index: number): Uint8Array {
  return digits?.images.subarray(index * 784, (index + 1) * 784) ?? new Uint8Array(784);
}

function enlarged(index: number, factor: number): Plane {
  const data = Float32Array.from(digit(index), (value) => value / 255);
  return resizePlane({ width: 28, height: 28, data }, 28 * factor, 28 * factor);
}

/** Puts ink on a larger ground, then turns ink (0 to 1) at x, y into the channels of a pixel. */
function picture(
  ink: Plane,
  [width, height, left, top]: number[],
  channels: 1 | 2 | 3 | 4,
  colour: (ink: number, x: number, y: number) => number[],
): RasterImage {
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [inkX, inkY] = [x - left, y - top];
      const isOn = inkX >= 0 && inkY >= 0 && inkX < ink.width && inkY < ink.height;
      const values = colour(isOn ? ink.data[inkY * ink.width + inkX] : 0, x, y);
      values.forEach((value, c) => {
        data[(y * width + x) * channels + c] = Math.round(Math.min(255, Math.max(0, value)));
      });
    }
  }
  return { width, height, channels, data };
}

/** The best correlation with the original moved by at most a pixel, which is how far rounding may move a digit. */
function likeness(pixels: Uint8Array, original: Uint8Array): number {
  let best = -1;
  for (const dy of [-1, 0, 1]) {
    for (const dx of [-1, 0, 1]) {
      const moved = original.map((_, i) => original[i + 28 * dy + dx] ?? 0);
      best = Math.max(best, correlation(pixels, moved));
    }
  }
  return best;
}

const stream = RandomStream.from(1, "digit-image");

const ways: [string, number, (index: number) => RasterImage][] = [
  ["as it is", 0.99, (i) => ({ width: 28, height: 28, channels: 1, data: digit(i) })],
  ["8 times as large", 0.95, (i) => picture(enlarged(i, 8), [224, 224, 0, 0], 1, (ink) => [255 * ink])],
  ["dark on light", 0.95, (i) => picture(enlarged(i, 8), [224, 224, 0, 0], 1, (ink) => [255 - 255 * ink])],
  ["faint", 0.95, (i) => picture(enlarged(i, 4), [112, 112, 0, 0], 1, (ink) => [250 - 40 * ink])],
  ["off centre", 0.95, (i) => picture(enlarged(i, 4), [340, 260, 200, 5], 1, (ink) => [230 - 180 * ink])],
  [
    "blue on yellow",
    0.95,
    (i) => picture(enlarged(i, 5), [150, 170, 3, 20], 3, (ink) => [250 - 230 * ink, 240 - 200 * ink, 120 + 90 * ink]),
  ],
  [
    "white on a transparent ground",
    0.95,
    (i) => picture(enlarged(i, 5), [150, 170, 3, 20], 4, (ink) => [255, 255, 255, 255 * ink]),
  ],
  [
    "black on a transparent ground",
    0.95,
    (i) => picture(enlarged(i, 5), [150, 170, 3, 20], 2, (ink) => [0, 255 * ink]),
  ],
  [
    "on a photo with shade and noise",
    0.93,
    (i) =>
      picture(enlarged(i, 4), [320, 260, 90, 50], 1, (ink, x, y) => {
        const shade = x * 0.2 + ((x - 160) ** 2 + (y - 130) ** 2) / 1200;
        return [220 - 110 * ink - shade + 4 * stream.normal(y * 320 + x)];
      }),
  ],
  [
    "among specks",
    0.95,
    (i) =>
      picture(enlarged(i, 4), [320, 260, 90, 50], 1, (ink, x, y) => {
        const isSpeck = [
          [20, 30],
          [300, 20],
          [60, 240],
          [260, 230],
        ].some(([a, b]) => Math.abs(x - a) + Math.abs(y - b) < 4);
        return [isSpeck ? 10 : 240 - 220 * ink];
      }),
  ],
  [
    "beside a dark border",
    0.95,
    (i) => picture(enlarged(i, 4), [320, 260, 90, 50], 1, (ink, x) => [x < 12 ? 30 : 240 - 220 * ink]),
  ],
];

describe.skipIf(digits === undefined)("prepareDigit on MNIST's digits", () => {
  it.each(ways)("finds a digit %s", (_, least, make) => {
    let sum = 0;
    for (let i = 0; i < COUNT; i++) {
      const pixels = prepareDigit(make(i));
      expect(pixels.length).toBe(784);
      const like = likeness(pixels, digit(i));
      expect(like).toBeGreaterThan(0.75);
      sum += like;
    }
    expect(sum / COUNT).toBeGreaterThan(least);
  });
});

/** A line from one point to another, `thick` pixels wide: ink 1. */
function line(side: number, [x0, y0, x1, y1]: number[], thick: number): Plane {
  const data = new Float32Array(side * side);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [i % side, Math.floor(i / side)];
    const [dx, dy] = [x1 - x0, y1 - y0];
    const t = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
    data[i] = Math.hypot(x - x0 - t * dx, y - y0 - t * dy) <= thick / 2 ? 1 : 0;
  }
  return { width: side, height: side, data };
}

describe("prepareDigit", () => {
  const stroke = line(300, [60, 40, 90, 240], 30);
  const pixels = prepareDigit(picture(stroke, [300, 300, 0, 0], 1, (ink) => [200 - 150 * ink]));

  it("fits the digit into 20 pixels, with its centre of mass in the middle", () => {
    const [xs, ys, mass] = [...pixels].reduce(
      ([x, y, m], value, i) => [x + value * (i % 28), y + value * Math.floor(i / 28), m + value],
      [0, 0, 0],
    );
    expect(Math.abs(xs / mass - 14)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(ys / mass - 14)).toBeLessThanOrEqual(0.5);
    const rows = Array.from({ length: 28 }, (_, y) => pixels.subarray(28 * y, 28 * y + 28).some((value) => value > 60));
    expect(rows.filter(Boolean).length).toBeGreaterThanOrEqual(19);
    expect(rows.filter(Boolean).length).toBeLessThanOrEqual(20);
    expect(Math.max(...pixels)).toBe(255);
    expect(pixels[0]).toBe(0);
  });

  it("keeps the stroke of a thin pen visible", () => {
    const thin = prepareDigit(
      picture(line(300, [60, 40, 90, 240], 2), [300, 300, 0, 0], 1, (ink) => [240 - 200 * ink]),
    );
    const brightRows = Array.from({ length: 28 }, (_, y) => Math.max(...thin.subarray(28 * y, 28 * y + 28)));
    expect(brightRows.filter((value) => value > 128).length).toBeGreaterThanOrEqual(18);
  });

  it("takes the smallest pictures", () => {
    const dot = { width: 3, height: 3, channels: 1 as const, data: Uint8Array.of(9, 9, 9, 9, 250, 9, 9, 9, 9) };
    expect(prepareDigit(dot).some((value) => value === 255)).toBe(true);
  });

  it.each([
    ["white", [1, 1, 0, 0], () => [255]],
    ["grey noise", [60, 60, 0, 0], (_: number, x: number, y: number) => [120 + 4 * stream.uniform(60 * y + x)]],
    ["a smooth shade", [60, 60, 0, 0], (_: number, x: number, y: number) => [50 + 2 * x + y]],
  ])("refuses a picture without a digit: %s", (_, place, colour) => {
    const blank = { width: 1, height: 1, data: new Float32Array(1) };
    expect(() => prepareDigit(picture(blank, place, 1, colour))).toThrow(
      new RangeError("prepareDigit: expected a digit that stands out from its ground, got none"),
    );
  });

  it("refuses pixels that don't fit the sizes", () => {
    const broken = { width: 3, height: 3, channels: 1 as const, data: new Uint8Array(8) };
    expect(() => prepareDigit(broken)).toThrow(new RangeError("prepareDigit: expected 9 bytes of pixels, got 8"));
  });
});
