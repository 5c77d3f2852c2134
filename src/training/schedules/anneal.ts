import { cos } from "../../numeric/math.ts";

/** The value at `progress`, from `from` at 0 to `to` at 1, along half a cosine. */
export function annealCosine(from: number, to: number, progress: number): number {
  return to + ((from - to) * (1 + cos(Math.PI * progress))) / 2;
}

/** The value at `progress`, from `from` at 0 to `to` at 1, along a line. */
export function annealLinear(from: number, to: number, progress: number): number {
  return from + (to - from) * progress;
}
