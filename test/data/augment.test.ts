import { describe, expect, it } from "vitest";
import { type AugmentOptions, readAugment } from "../../src/data/augment.ts";
import { writeTransform } from "../../src/data/transform.ts";
import { RandomStream } from "../../src/numeric/random.ts";

const SHAPE = [11, 8, 1] as const;
const [HEIGHT, WIDTH] = SHAPE;
const IMAGES = 500;

/** A transform by its parts: source column = a column + b row + tx, source row = c column + d row + ty, and the box. */
interface Transform {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly c: number;
  readonly d: number;
  readonly ty: number;
  readonly box: readonly number[];
}

function transforms(options: AugmentOptions, seed = 1): Transform[] {
  const augment = readAugment(options);
  const stream = RandomStream.from(seed, "augment");
  return Array.from({ length: IMAGES }, (_, image) => {
    const target = new Float64Array(14).fill(Number.NaN);
    writeTransform(target, 2, augment, SHAPE, stream, image);
    expect([target[0], target[1], target[12], target[13]]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    const [a, b, tx, c, d, ty, ...box] = target.subarray(2, 12);
    return { a, b, tx, c, d, ty, box };
  });
}

/** The source point of an output point. */
function source({ a, b, tx, c, d, ty }: Transform, column: number, row: number): [column: number, row: number] {
  return [a * column + b * row + tx, c * column + d * row + ty];
}

const CENTRE: [number, number] = [(WIDTH - 1) / 2, (HEIGHT - 1) / 2];

/** Distance of the source of the centre from the centre. */
function move(transform: Transform): [x: number, y: number] {
  const [column, row] = source(transform, ...CENTRE);
  return [column - CENTRE[0], row - CENTRE[1]];
}

/** Checks that values spread over [-most, most] and are not all on one side. */
function expectSpread(values: readonly number[], most: number): void {
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(most + 1e-12);
  expect(Math.max(...values)).toBeGreaterThan(0.9 * most);
  expect(Math.min(...values)).toBeLessThan(-0.9 * most);
  expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length)).toBeLessThan(0.15 * most);
}

const degrees = (radians: number) => (radians * 180) / Math.PI;

describe("the transforms of an augmentation", () => {
  it("cut out a part of at least a share of the area, all of it inside, in every place and ratio", () => {
    const least = 0.3;
    const parts = transforms({ randomResizedCrop: least }).map((transform) => {
      const [left, top] = source(transform, 0, 0);
      const [right, bottom] = source(transform, WIDTH - 1, HEIGHT - 1);
      for (const [at, most] of [
        [left, WIDTH],
        [right, WIDTH],
        [top, HEIGHT],
        [bottom, HEIGHT],
      ]) {
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at).toBeLessThanOrEqual(most - 1 + 1e-9);
      }
      return { area: transform.a * transform.d, ratio: transform.a / transform.d, left, top };
    });
    for (const { area, ratio } of parts) {
      expect(area).toBeGreaterThanOrEqual(least - 1e-9);
      expect(area).toBeLessThanOrEqual(1);
      expect(Math.abs(Math.log(ratio))).toBeLessThanOrEqual(Math.log(4 / 3) + 1e-9);
    }
    expect(Math.min(...parts.map(({ area }) => area))).toBeLessThan(least + 0.05);
    expect(Math.max(...parts.map(({ area }) => area))).toBeGreaterThan(0.9);
    expect(Math.max(...parts.map(({ left }) => left))).toBeGreaterThan(WIDTH / 4);
    expect(Math.max(...parts.map(({ top }) => top))).toBeGreaterThan(HEIGHT / 4);
    // The draws of other changes are those that they were.
    const turned = transforms({ rotate: 20, randomResizedCrop: 1 });
    for (const [i, { a, c }] of transforms({ rotate: 20 }).entries())
      expect(turned[i].c / turned[i].a).toBeCloseTo(c / a, 9);
  });

  it("are the identity, exactly, where nothing is asked for", () => {
    for (const { a, b, tx, c, d, ty, box } of transforms({})) {
      expect([a, b + 0, tx, c + 0, d, ty]).toEqual([1, 0, 0, 0, 1, 0]);
      // An empty box.
      expect([box[2] - box[0], box[3] - box[1]]).toEqual([0, 0]);
    }
  });

  it("shift by up to so many pixels", () => {
    const all = transforms({ shift: 2.5 });
    for (const { a, b, c, d } of all) expect([a, b + 0, c + 0, d]).toEqual([1, 0, 0, 1]);
    expectSpread(
      all.map((transform) => move(transform)[0]),
      2.5,
    );
    expectSpread(
      all.map((transform) => move(transform)[1]),
      2.5,
    );
  });

  it("rotate around the centre by up to so many degrees", () => {
    const all = transforms({ rotate: 30 });
    for (const transform of all) {
      const { a, b, c, d } = transform;
      // A rotation: columns of length 1, at right angles, not mirrored.
      expect(a * a + c * c).toBeCloseTo(1, 12);
      expect([d, -b]).toEqual([expect.closeTo(a, 12), expect.closeTo(c, 12)]);
      expect(move(transform)).toEqual([expect.closeTo(0, 12), expect.closeTo(0, 12)]);
    }
    expectSpread(
      all.map(({ a, c }) => degrees(Math.atan2(c, a))),
      30,
    );
  });

  it("scale around the centre by up to such a share", () => {
    const all = transforms({ scale: 0.25 });
    for (const transform of all) {
      expect([transform.b + 0, transform.c + 0, transform.d]).toEqual([0, 0, transform.a]);
      expect(move(transform)).toEqual([expect.closeTo(0, 12), expect.closeTo(0, 12)]);
    }
    // What is enlarged takes a smaller part of the source.
    expectSpread(
      all.map(({ a }) => 1 / a - 1),
      0.25,
    );
  });

  it("slant around the centre by up to so many degrees", () => {
    const all = transforms({ shear: 20 });
    for (const transform of all) {
      expect([transform.a, transform.c + 0, transform.d]).toEqual([1, 0, 1]);
      expect(move(transform)).toEqual([expect.closeTo(0, 12), expect.closeTo(0, 12)]);
    }
    expectSpread(
      all.map(({ b }) => degrees(Math.atan(b))),
      20,
    );
  });

  it("mirror every second image", () => {
    const all = transforms({ horizontalFlip: true });
    const mirrored = all.filter(({ a }) => a === -1);
    for (const transform of mirrored) {
      for (const column of [0, 1, 7]) expect(source(transform, column, 4)).toEqual([WIDTH - 1 - column, 4]);
    }
    for (const transform of all) if (transform.a !== -1) expect(source(transform, 3, 4)).toEqual([3, 4]);
    expect(mirrored.length / IMAGES).toBeGreaterThan(0.4);
    expect(mirrored.length / IMAGES).toBeLessThan(0.6);
  });

  it("crop at whole pixels, each place as likely", () => {
    const counts = new Map<string, number>();
    for (const transform of transforms({ randomCrop: 1 })) {
      const [x, y] = move(transform);
      counts.set(`${x + 0} ${y + 0}`, (counts.get(`${x + 0} ${y + 0}`) ?? 0) + 1);
    }
    const places = [-1, 0, 1].flatMap((x) => [-1, 0, 1].map((y) => `${x} ${y}`));
    expect([...counts.keys()].sort()).toEqual(places.sort());
    for (const count of counts.values()) expect(count / IMAGES).toBeGreaterThan(0.05);
  });

  it("cut out a square of whole pixels whose middle is anywhere in the image", () => {
    const tops = new Set<number>();
    const lefts = new Set<number>();
    for (const { box } of transforms({ cutout: 3 })) {
      const [top, left, bottom, right] = box;
      expect(box.every(Number.isInteger)).toBe(true);
      expect([bottom - top, right - left]).toEqual([3, 3]);
      tops.add(top);
      lefts.add(left);
    }
    const range = (size: number) => Array.from({ length: size + 1 }, (_, i) => i - 2);
    expect([...tops].sort((a, b) => a - b)).toEqual(range(HEIGHT));
    expect([...lefts].sort((a, b) => a - b)).toEqual(range(WIDTH));
  });

  it("combine as mirroring, then slanting, turning, scaling, and moving last", () => {
    const options = { shift: 2, rotate: 25, scale: 0.2, shear: 15, horizontalFlip: true, randomCrop: 1, cutout: 2 };
    const all = transforms(options);
    const parts = all.map(({ a, b, c, d }) => {
      // [a b; c d] = zoom rotation(angle) [1 slant; 0 1] diagonal(mirror, 1), taken apart by Gram and Schmidt.
      const zoom = Math.hypot(a, c);
      const mirror = Math.sign(a * d - b * c);
      const angle = Math.atan2(c * mirror, a * mirror);
      const slant = (b * Math.cos(angle) + d * Math.sin(angle)) / zoom;
      // What is left has to be the rotation's other column.
      expect((d * Math.cos(angle) - b * Math.sin(angle)) / zoom).toBeCloseTo(1, 12);
      return { zoom, mirror, angle, slant };
    });
    expectSpread(
      parts.map(({ zoom }) => 1 / zoom - 1),
      0.2,
    );
    expectSpread(
      parts.map(({ angle }) => degrees(angle)),
      25,
    );
    expectSpread(
      parts.map(({ slant }) => degrees(Math.atan(slant))),
      15,
    );
    expectSpread(
      parts.map(({ mirror }) => mirror),
      1,
    );
    expectSpread(
      all.map((transform) => move(transform)[0]),
      3,
    );
    expectSpread(
      all.map((transform) => move(transform)[1]),
      3,
    );
  });

  it("are drawn afresh for every image and every stream, and the same for the same", () => {
    const options = { shift: 1, rotate: 10, scale: 0.1, shear: 5, cutout: 1 };
    const all = transforms(options);
    expect(new Set(all.map((transform) => JSON.stringify(transform))).size).toBe(IMAGES);
    expect(transforms(options)).toEqual(all);
    expect(transforms(options, 2)[0]).not.toEqual(all[0]);
    // An option does not change what the others draw.
    const shifted = transforms({ ...options, horizontalFlip: true });
    expect(shifted.map(({ box }) => box)).toEqual(all.map(({ box }) => box));
  });
});

describe("augmentation options", () => {
  it("are all off unless asked for", () => {
    const off = {
      shift: 0,
      randomResizedCrop: 0,
      rotate: 0,
      scale: 0,
      shear: 0,
      horizontalFlip: false,
      randomCrop: 0,
      cutout: 0,
      brightness: 0,
      contrast: 0,
      saturation: 0,
      mixup: 0,
      cutmix: 0,
      hue: 0,
      randomErasing: 0,
      randAugment: 0,
    };
    expect(readAugment({})).toEqual(off);
    expect(readAugment({ cutout: 4 })).toEqual({ ...off, cutout: 4 });
  });

  it.each([
    [null, TypeError, "augment: expected an object, got null"],
    [{ flip: true }, TypeError, 'got "flip"'],
    [{ horizontalFlip: 1 }, TypeError, 'augment: expected horizontalFlip to be true, false or "alternating", got 1'],
    [{ shift: "2" }, TypeError, 'augment: expected shift to be a finite number at least 0 and at most 1000, got "2"'],
    [{ shift: -1 }, RangeError, "got -1"],
    [{ rotate: Number.NaN }, RangeError, "got NaN"],
    [{ scale: 1 }, RangeError, "augment: expected scale to be a finite number at least 0 and at most 0.9, got 1"],
    [{ shear: 90 }, RangeError, "got 90"],
    [
      { randomCrop: 1.5 },
      RangeError,
      "augment: expected randomCrop to be a whole number at least 0 and at most 1000, got 1.5",
    ],
    [{ cutout: 0.5 }, RangeError, "got 0.5"],
  ])("%j is refused", (options, kind, message) => {
    expect(() => readAugment(options)).toThrow(kind);
    expect(() => readAugment(options)).toThrow(message);
  });
});
