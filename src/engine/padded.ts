/** Floats in a row of a sample's sums: `c` in whole vectors of four, as `padded` of assembly/norm-tiles.ts has it. */
export function padded(c: number): number {
  return Math.ceil(c / 4) * 4;
}
