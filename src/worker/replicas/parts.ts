/** Images of a batch from `begin` to `end` - 1. */
export interface Part {
  readonly begin: number;
  readonly end: number;
}

/** Fewest images of a part: one alone has no variance for batch normalisation. */
const FEWEST = 2;

/** Divides a batch among replicas: nearly equal parts, but none for the last replicas if there are too few images. */
export function partsOf(images: number, replicas: number): readonly Part[] {
  const parts = Math.min(replicas, Math.max(Math.floor(images / FEWEST), 1));
  const bound = (i: number) => Math.floor((images * Math.min(i, parts)) / parts);
  return Array.from({ length: replicas }, (_, i) => ({ begin: bound(i), end: bound(i + 1) }));
}

/** Images of the largest part of any batch of up to `images` images. */
export function largestPart(images: number, replicas: number): number {
  // Fewer images may be shared by fewer replicas, so that their parts are larger.
  return Math.max(Math.ceil(images / replicas), 2 * FEWEST - 1);
}
