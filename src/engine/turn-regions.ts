import { type Lifetime, regionAt, type TapeRecord } from "./lifetimes.ts";
import type { Operand } from "./operands/operand.ts";
import { operandsOf } from "./operands.ts";
import { phasesOf } from "./phases.ts";
import { canShare, type Region } from "./plan.ts";

/**
 * The regions whose numbers are written and last read within one run of calls that are made in turns of some samples:
 * they need room for the samples of a turn only.
 *
 * @param records of tapes for a full batch
 * @param lifetimes of regions in order of their offsets, none over another
 */
export function turnRegions(
  records: readonly TapeRecord[],
  lifetimes: ReadonlyMap<Region, Lifetime>,
  batch: number,
): ReadonlySet<Region> {
  const regions = [...lifetimes.keys()];
  const starts = regions.map(({ offset }) => offset);
  /** The run that uses each region, or `several`, which counts as none. */
  const runs = new Map<Region, object | "several">();
  const results = new Set(records.flatMap((record) => record.results.map((at) => regions[regionAt(starts, at)])));
  for (const { operations } of records) {
    for (const run of phasesOf(operations, 1).flat()) {
      for (const operation of run.operations) {
        for (const operand of operandsOf(operation)) {
          const region = regions[regionAt(starts, operand.offset)];
          const fits = run.inTurns && operation.extent === batch && isOfSamples(operand, region, batch);
          const known = runs.get(region);
          runs.set(region, fits && (known === undefined || known === run) ? run : "several");
        }
      }
    }
  }
  return new Set(
    regions.filter((region) => {
      const run = runs.get(region);
      // A region that no tape touches, as a layer's output that a fused layer does not write, needs no more room than
      // the others.
      const fits = run === undefined ? Number.isInteger(region.size / batch) : run !== "several";
      return fits && lifetimes.get(region) !== "always" && canShare(region.kind) && !results.has(region);
    }),
  );
}

/** True if an operand is a region in which each sample has its part, one after the other. */
function isOfSamples({ role, step }: Operand, { size }: Region, batch: number): boolean {
  return role !== "scratch" && Number.isInteger(step) && step * batch === size;
}
