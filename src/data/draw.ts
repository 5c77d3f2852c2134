/**
 * Draws of images in which every class has its share.
 *
 * @module
 */

import { permutation, type RandomStream } from "../numeric/random.ts";
import type { ClassLabels } from "./pixels.ts";

function countsOf(labels: ClassLabels, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] += 1;
  return counts;
}

/** The classes of images, as a data set has them. */
interface Labelled {
  readonly labels: ClassLabels | undefined;
  readonly classes: number;
}

/**
 * True if images of one class lie together, as in folders of pictures: neighbours are of different classes less than
 * half as often as they would be in a random order.
 */
export function lieTogether({ labels, classes }: Labelled): boolean {
  if (labels === undefined) return false;
  const n = labels.length;
  const same = countsOf(labels, classes).reduce((sum, count) => sum + (count * (count - 1)) / (n * (n - 1)), 0);
  let changes = 0;
  for (let i = 1; i < n; i++) if (labels[i] !== labels[i - 1]) changes += 1;
  return changes < 0.5 * (1 - same) * (n - 1);
}

/** The number of images of each class that make `total` in all: as near to its share as whole images allow (largest remainders). */
export function shareOut(labels: ClassLabels, classes: number, total: number): number[] {
  const counts = countsOf(labels, classes);
  const n = labels.length;
  const shares = counts.map((count) => Math.floor((total * count) / n));
  const byRemainder = counts.map((_, label) => label);
  const remainder = (label: number) => (total * counts[label]) % n;
  byRemainder.sort((a, b) => remainder(b) - remainder(a) || a - b);
  let left = total - shares.reduce((sum, share) => sum + share, 0);
  for (const label of byRemainder) {
    if (left === 0) break;
    shares[label] += 1;
    left -= 1;
  }
  return shares;
}

/** An equal share of each class, in images, rounded. */
export function roundedShares(labels: ClassLabels, classes: number, share: number): number[] {
  return countsOf(labels, classes).map((count) => Math.round(share * count));
}

/**
 * Draws a number of images of each class.
 *
 * @returns 1 for each image that is drawn, else 0
 */
export function drawPerClass(labels: ClassLabels, wanted: readonly number[], stream: RandomStream): Uint8Array {
  const left = [...wanted];
  const isDrawn = new Uint8Array(labels.length);
  for (const index of permutation(labels.length, stream)) {
    if (left[labels[index]] === 0) continue;
    left[labels[index]] -= 1;
    isDrawn[index] = 1;
  }
  return isDrawn;
}
