import { areApart, lifetimesOf } from "../engine/lifetimes.ts";
import { canShare, type Region } from "../engine/plan.ts";
import { turnRegions } from "../engine/turn-regions.ts";
import type { Architecture } from "./architecture.ts";
import { type Layout, layOut, type NetworkOptions } from "./layout.ts";
import { Tapes } from "./tapes.ts";

/**
 * Elements of activations, packed weights and scratch up to which each has its own place: 256 MiB. The savings of
 * smaller networks would not be worth the barriers between layers of different sizes.
 */
const LARGE = 2 ** 26;

/**
 * Fewest elements of a sample's activations for which regions share memory: below that, 16 samples stay in the cache
 * from layer to layer, which is worth more, whatever the batch.
 */
const LARGE_SAMPLE = 2 ** 16;

/** Fewest elements of a sample's activations for which regions share memory in a network that only predicts: 16 smaller samples take little memory, whatever the cache. */
const LARGE_PREDICTED_SAMPLE = 2 ** 19;

/** Elements that a few samples may fill as they go through a network that only predicts: 4 MiB, a core's cache. */
const TURN = 2 ** 20;

/** A network's memory plan, in which every region has its place. */
export interface PlannedLayout {
  readonly layout: Layout;
  /** Elements of the heap. */
  readonly elements: number;
}

/** Elements of the largest heap: 4 GiB of float32. */
const MOST = 2 ** 30;

/** True if a network does not fit even with shared memory, so that a walk over its calls could be very long. */
function exceedsHeap({ plan }: Layout, batch: number): boolean {
  return plan.regions.some(({ kind, size }) => (canShare(kind) ? size / batch : size) > MOST);
}

/**
 * Plans a network's memory. In large networks regions share memory with others whose numbers are no longer needed,
 * which follows from the calls of all tapes. In large networks that only predict, a few samples go through all layers
 * before the next ones do, in memory of each thread's own.
 *
 * @param threads most threads that will run it
 */
export function planLayout(
  architecture: Architecture,
  options: Omit<NetworkOptions, "seed">,
  threads: number,
): PlannedLayout {
  const layout = layOut(architecture, options, threads, false);
  const elements = layout.plan.freeze();
  const { activations, packed, scratch } = layout.plan.sizes();
  const ofSample = activations / options.batchSize;
  const isTrained = options.optimizer !== undefined;
  const isLarge = isTrained
    ? activations + packed + scratch > LARGE && ofSample > LARGE_SAMPLE
    : ofSample > LARGE_PREDICTED_SAMPLE;
  if (!(options.compact ?? isLarge) || exceedsHeap(layout, options.batchSize)) return { layout, elements };
  const compact = layOut(architecture, options, threads, true);
  const { plan } = compact;
  plan.freeze();
  const records = new Tapes(architecture, options, compact).all().map(({ tape, deferredGradients, outputs }) => ({
    operations: [...tape.operations, ...(deferredGradients?.operations ?? [])],
    results: [...outputs, compact.losses.offset, compact.correct.offset].filter((offset) => offset !== 0),
  }));
  const regions = plan.regions.filter(({ size }) => size > 0).sort((a, b) => a.offset - b.offset);
  const lifetimes = lifetimesOf(records, regions);
  const lifetime = (region: Region) => lifetimes.get(region) ?? "always";
  const apart = (a: Region, b: Region) => areApart(lifetime(a), lifetime(b));
  const shares = (region: Region) => canShare(region.kind) && lifetime(region) !== "always";
  if (isTrained) return { layout: compact, elements: plan.share(shares, apart) };
  const turns = { regions: turnRegions(records, lifetimes, options.batchSize), batch: options.batchSize, most: TURN };
  return { layout: compact, elements: plan.share(shares, apart, turns) };
}
