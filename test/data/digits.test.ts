import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type DigitsOptions, generateDigits } from "../../src/data/digits/generate.ts";

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const COUNT = 5000;

const { images, labels } = generateDigits({ count: COUNT, seed: 1 });

/** The ink of one image: its box (inclusive) and its centre of mass. */
function measure(image: Uint8Array) {
  const box = { left: SIDE, right: -1, top: SIDE, bottom: -1 };
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const value = image[y * SIDE + x];
      if (value === 0) continue;
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y);
      mass += value;
      massX += value * x;
      massY += value * y;
    }
  }
  return {
    width: box.right - box.left + 1,
    height: box.bottom - box.top + 1,
    mass,
    x: massX / mass,
    y: massY / mass,
    brightest: Math.max(...image),
  };
}

const measures = Array.from({ length: COUNT }, (_, i) => measure(images.subarray(i * PIXELS, (i + 1) * PIXELS)));

describe("generateDigits", () => {
  it("returns one 28x28 image and one label for each digit", () => {
    expect(images.length).toBe(COUNT * PIXELS);
    expect(labels.length).toBe(COUNT);
  });

  it("gives these bits for seed 1 on every engine", () => {
    // Pinned once, on Node 24. A change of glyphs or of drawing changes it, and with it every set a seed stands for.
    const hash = createHash("sha256");
    hash.update(images.subarray(0, 1000 * PIXELS)).update(labels.subarray(0, 1000));
    expect(hash.digest("hex")).toBe("fdbeef2b84b46de4e3234a4e48ba17c8f2efe3d365a8d56bfb79b7824446b9e5");
  });

  it("gives the same digit whatever range it is asked for in", () => {
    for (const [start, count] of [
      [0, 1],
      [1, 7],
      [99, 2],
      [250, 333],
      [4999, 1],
    ]) {
      const part = generateDigits({ count, seed: 1, start });
      expect(part.labels).toEqual(labels.slice(start, start + count));
      expect(Buffer.compare(part.images, images.subarray(start * PIXELS, (start + count) * PIXELS))).toBe(0);
    }
  });

  it("reaches the end of the sequence", () => {
    expect(generateDigits({ count: 2, seed: 1, start: 2 ** 32 - 2 }).labels.length).toBe(2);
  });

  it("gives other digits for another seed", () => {
    for (const seed of [0, 2, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
      const other = generateDigits({ count: 100, seed });
      expect(Buffer.compare(other.images, images.subarray(0, 100 * PIXELS))).not.toBe(0);
      expect(other.labels).not.toEqual(labels.slice(0, 100));
    }
  });

  it("holds every class ten times in each hundred, in an order without a pattern", () => {
    for (let block = 0; block < COUNT; block += 100) {
      const counts = new Array(10).fill(0);
      for (const label of labels.subarray(block, block + 100)) counts[label]++;
      expect(counts).toEqual(new Array(10).fill(10));
    }
    // If independent, a label follows itself one time in ten (here 9 in 99): 450 of 5000, deviation about 20.
    let repeats = 0;
    for (let i = 1; i < COUNT; i++) if (labels[i] === labels[i - 1]) repeats++;
    expect(repeats).toBeGreaterThan(350);
    expect(repeats).toBeLessThan(550);
  });

  it("fits the ink to a box of 20x20 pixels", () => {
    for (const { width, height } of measures) expect(Math.max(width, height)).toBeLessThanOrEqual(20);
    const filled = measures.filter(({ width, height }) => Math.max(width, height) === 20).length;
    expect(filled / COUNT).toBeGreaterThan(0.98);
  });

  it("centres the ink by mass, to the nearest pixel, as MNIST does", () => {
    for (const { x, y } of measures) expect(Math.max(Math.abs(x - 14), Math.abs(y - 14))).toBeLessThan(1);
    // Half a pixel, and a little because bytes are rounded; more only where the box would leave the image.
    const near = measures.filter(({ x, y }) => Math.max(Math.abs(x - 14), Math.abs(y - 14)) <= 0.51).length;
    expect(near / COUNT).toBeGreaterThan(0.995);
  });

  it("draws with pens from fine to heavy, always bright", () => {
    const masses = measures.map(({ mass }) => mass / 255).sort((a, b) => a - b);
    expect(masses[0]).toBeGreaterThan(15);
    expect(masses[COUNT - 1]).toBeLessThan(300);
    expect(masses[Math.floor(COUNT * 0.95)] / masses[Math.floor(COUNT * 0.05)]).toBeGreaterThan(2);
    expect(Math.min(...measures.map(({ brightest }) => brightest))).toBeGreaterThan(150);
  });

  it("draws no image twice", () => {
    const seen = new Set<string>();
    for (let i = 0; i < COUNT; i++) {
      seen.add(
        createHash("sha1")
          .update(images.subarray(i * PIXELS, (i + 1) * PIXELS))
          .digest("hex"),
      );
    }
    expect(seen.size).toBe(COUNT);
  });

  it.each<[Partial<DigitsOptions>, string]>([
    [{ count: 0 }, "generateDigits: expected count to be a whole number at least 1 and at most 2000000, got 0"],
    [{ count: 2.5 }, "generateDigits: expected count to be a whole number at least 1 and at most 2000000, got 2.5"],
    [
      { count: 1e12 },
      "generateDigits: expected count to be a whole number at least 1 and at most 2000000, got 1000000000000",
    ],
    [{ seed: -1 }, "generateDigits: expected seed to be a whole number at least 0, got -1"],
    [{ seed: Number.NaN }, "generateDigits: expected seed to be a whole number at least 0, got NaN"],
    [{ start: -1 }, "generateDigits: expected start to be a whole number at least 0 and at most 4294967295, got -1"],
    [
      { start: 2 ** 32 - 9 },
      "generateDigits: expected start and count to be at most 4294967296 together, got 4294967297",
    ],
  ])("refuses %o", (options, message) => {
    const call = () => generateDigits({ count: 10, seed: 1, ...options });
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });

  it("refuses what is not a number", () => {
    const options: DigitsOptions = JSON.parse('{"count":"10","seed":1}');
    expect(() => generateDigits(options)).toThrow(
      new TypeError('generateDigits: expected count to be a whole number at least 1 and at most 2000000, got "10"'),
    );
  });
});

const folder = process.env.CONVASM_DATA
  ? join(process.env.CONVASM_DATA, "mnist")
  : join(import.meta.dirname, "../../../shared/data/mnist");
const testImages = join(folder, "t10k-images-idx3-ubyte.gz");
const testLabels = join(folder, "t10k-labels-idx1-ubyte.gz");
const noMnist = !existsSync(testImages) || !existsSync(testLabels);
if (noMnist)
  console.log("digits and MNIST: skipped, because no MNIST was found in $CONVASM_DATA/mnist or ../shared/data");

describe.skipIf(noMnist)("generated digits and MNIST", () => {
  it("look alike: most real digits are nearest to a generated one of their class", () => {
    const trials = 300;
    const real = gunzipSync(readFileSync(testImages)).subarray(16, 16 + trials * PIXELS);
    const truth = gunzipSync(readFileSync(testLabels)).subarray(8, 8 + trials);
    let right = 0;
    for (let i = 0; i < trials; i++) {
      let nearest = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let j = 0; j < COUNT; j++) {
        let distance = 0;
        for (let p = 0; p < PIXELS && distance < least; p++) {
          const difference = real[i * PIXELS + p] - images[j * PIXELS + p];
          distance += difference * difference;
        }
        if (distance < least) {
          least = distance;
          nearest = labels[j];
        }
      }
      if (nearest === truth[i]) right++;
    }
    // A crude judge: a small network trained on many more of them gets nearly all of the test set right.
    expect(right / trials).toBeGreaterThan(0.8);
  });
});
