import { expect, it } from "vitest";
import { areLabels, drawPerLabel } from "../../src/data/draw-labels.ts";
import { createDataset, splitStratified } from "../../src/index.ts";
import { RandomStream } from "../../src/numeric/random.ts";

const N = 500;
/** Shares of images that have each label, which come together by chance. */
const SHARES = [0.5, 0.3, 0.1, 0.02];
const CLASSES = SHARES.length;

function targetsOf(seed: number): Float32Array {
  const stream = RandomStream.from(seed, "labels");
  return Float32Array.from({ length: N * CLASSES }, (_, i) =>
    stream.integer(i, 1000) < 1000 * SHARES[i % CLASSES] ? 1 : 0,
  );
}

const countsOf = (targets: Float32Array, isIn: (image: number) => boolean) =>
  SHARES.map(
    (_, c) => Array.from({ length: N }, (_, i) => i).filter((i) => isIn(i) && targets[i * CLASSES + c] === 1).length,
  );

it.each([0.5, 0.2, 0.05])("draws a share of %d of each label, and exactly as many images as are wanted", (share) => {
  for (let seed = 0; seed < 20; seed++) {
    const targets = targetsOf(seed);
    const isDrawn = drawPerLabel(targets, CLASSES, share * N, RandomStream.from(seed, "split"));
    expect(isDrawn.reduce((sum, is) => sum + is, 0)).toBe(share * N);
    const [all, drawn] = [countsOf(targets, () => true), countsOf(targets, (i) => isDrawn[i] === 1)];
    // A draw by chance misses by 5 for a label that half of the images have.
    for (const [c, count] of drawn.entries())
      expect(Math.abs(count - share * all[c]), `label ${c}, seed ${seed}`).toBeLessThanOrEqual(1.5);
  }
});

it("splits data sets of labels, the same way for the same seed, and refuses other targets", () => {
  const targets = targetsOf(1);
  const data = createDataset({ shape: [1, 1, 1], images: Uint8Array.from({ length: N }, (_, i) => i % 256), targets });
  const [a, b, c] = [0, 0, 1].map((seed) => splitStratified(data, 0.2, seed));
  expect([a.rest.length, a.heldOut.length]).toEqual([400, 100]);
  expect(a.heldOut.targets).toEqual(b.heldOut.targets);
  expect(a.heldOut.images).not.toEqual(c.heldOut.images);
  const shares = createDataset({ ...data, targets: targets.map((value) => value / 2) });
  expect(() => splitStratified(shares, 0.2)).toThrow("expected images with labels, got targets");
  expect([areLabels(targets), areLabels(Float32Array.of(0, 0.5))]).toEqual([true, false]);
});
