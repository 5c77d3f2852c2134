import { notInSmallBuild } from "../errors.ts";

/** False; stands in place of the one of `draw-labels.ts` in the small one-file build. */
export function areLabels(_targets: Float32Array): boolean {
  return false;
}

/** Throws; stands in place of the one of `draw-labels.ts` in the small one-file build. */
export function drawPerLabel(): Uint8Array {
  throw notInSmallBuild("split", "a build with labels");
}
