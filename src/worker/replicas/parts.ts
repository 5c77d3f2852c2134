/** Images of a batch from `begin` to `end` - 1. */
export interface Part {
  readonly begin: number;
  readonly end: number;
}

/** Images that a part has at least: one alone has no variance for batch normalisation. */
const FEWEST = 2;

/** Which part of a batch each replica gets: nearly the same for all, but none for the last ones where there are too few. */
export function partsOf(images: number, replicas: number): readonly Part[] {
  const parts = Math.min(replicas, Math.max(Math.floor(images / FEWEST), 1));
  const bound = (i: number) => Math.floor((images * Math.min(i, parts)) / parts);
  return Array.from({ length: replicas }, (_, i) => ({ begin: bound(i), end: bound(i + 1) }));
}

/** Images of the largest part that a batch of up to so many images can have. */
export function largestPart(images: number, replicas: number): number {
  // Fewer images may be shared by fewer replicas, so that their parts are larger.
  return Math.max(Math.ceil(images / replicas), 2 * FEWEST - 1);
}
