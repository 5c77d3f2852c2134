/** Stands in place of `ranked-labels.ts` in the small one-file build, in which metrics of labels are an error. */
export class RankedLabels {
  add(): void {}

  meanAveragePrecision(): number {
    return Number.NaN;
  }
}
