/**
 * The use of a region of memory, by which `summary()` adds sizes up. `packed`: weights in the order in which kernels
 * read them. `scratch`: memory that is needed during some calls only.
 */
export type RegionKind = "parameters" | "gradients" | "optimizer" | "input" | "packed" | "activations" | "scratch";

// The order of the memory map. Parameters come first, so that their place does not depend on the batch size.
const ORDER: readonly RegionKind[] = [
  "parameters",
  "gradients",
  "optimizer",
  "input",
  "activations",
  "packed",
  "scratch",
];

/** Elements to a 64-byte cache line of float32: every region starts on one. */
const ALIGNMENT = 16;

/** True for kinds whose regions can share memory, one after the other. */
export function canShare(kind: RegionKind): boolean {
  return kind === "activations" || kind === "packed" || kind === "scratch";
}

/** Elements left free at the start: offset 0 means "none" to the kernels, and the compiler's own data lies there. */
const START = 16384;

/** Elements left free at the end: kernels may read, never write, up to seven floats past a region. */
const TAIL = 16;

/** Elements that a region takes, up to the next region's start. */
export function alignedSize(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}

/** A part of the heap. Its place is known once the plan is frozen. */
export class Region {
  readonly name: string;
  readonly kind: RegionKind;
  #size: number;
  #offset: number | undefined;

  constructor(name: string, kind: RegionKind, size: number) {
    this.name = name;
    this.kind = kind;
    this.#size = size;
  }

  /** Number of elements. */
  get size(): number {
    return this.#size;
  }

  /** Element offset in the heap. Throws before the plan is frozen. */
  get offset(): number {
    if (this.#offset === undefined) throw new Error(`region "${this.name}" is not placed`);
    return this.#offset;
  }

  /**
   * Sets its place; called by the plan.
   *
   * @param size number of elements, if it is to hold fewer than were asked for
   */
  place(offset: number, size = this.#size): void {
    this.#offset = offset;
    this.#size = size;
  }
}

/** Memory in which each thread has an area to itself. Its place is known once the plan is frozen. */
export interface ThreadArea {
  /** Element offset of the first thread's area. Throws before the plan is frozen. */
  readonly offset: number;
  /** Elements from one thread's area to the next: at least as many as were asked for. Throws before the plan is frozen. */
  readonly elements: number;
}

/**
 * Regions whose numbers are written and last read within a turn of a few samples, so that none needs room for a whole
 * batch.
 */
export interface TurnRegions {
  readonly regions: ReadonlySet<Region>;
  /** Samples that the regions were reserved for. */
  readonly batch: number;
  /** Elements that a turn may fill; a turn has at least one sample. */
  readonly most: number;
}

/** Memory that holds the numbers of a few samples at a time: an area for each thread, one after the other. */
export interface TurnArea {
  /** Element offset of the first thread's area. */
  readonly offset: number;
  /** Elements from one thread's area to the next. */
  readonly elements: number;
  /** Samples of a turn. */
  readonly samples: number;
}

/**
 * Places regions from an offset on by first fit, the largest first (Pisarchyk and Lee, 2020, arXiv:2001.03288: "greedy by
 * size"). Returns the end of all.
 */
function firstFit(regions: readonly Region[], start: number, apart: (a: Region, b: Region) => boolean): number {
  // The placed regions, in order of their offsets.
  const placed: Region[] = [];
  let end = start;
  for (const region of [...regions].sort((a, b) => b.size - a.size)) {
    const size = alignedSize(region.size);
    let at = start;
    for (const other of placed) {
      const otherEnd = other.offset + alignedSize(other.size);
      if (otherEnd <= at || apart(region, other)) continue;
      if (at + size <= other.offset) break;
      at = otherEnd;
    }
    region.place(at);
    end = Math.max(end, at + size);
    const index = placed.findIndex(({ offset }) => offset > at);
    placed.splice(index < 0 ? placed.length : index, 0, region);
  }
  return end;
}

/** A plan of a model's memory: layers reserve regions, then `freeze` gives every region its place. */
export class MemoryPlan {
  readonly #regions: Region[] = [];
  readonly #threads: number;
  /** Elements that a thread needs for any call. */
  #threadElements = 0;
  #threadScratch: Region | undefined;
  #elements: number | undefined;
  /** The regions that share memory, once they do, and the number of its elements. */
  #shared: { readonly regions: ReadonlySet<Region>; readonly elements: number } | undefined;
  #turnArea: TurnArea | undefined;

  /** @param threads most threads that will use the memory */
  constructor(threads = 1) {
    this.#threads = threads;
  }

  /** Reserves `size` elements. Regions of a kind lie in the order of their reservations. */
  reserve(name: string, kind: RegionKind, size: number): Region {
    if (this.#elements !== undefined) throw new Error(`region "${name}" is late`);
    const region = new Region(name, kind, size);
    this.#regions.push(region);
    return region;
  }

  /**
   * Reserves memory of each thread's own, for the time of a call. All calls use the same areas, which are as large as
   * the largest that is asked for.
   */
  threadArea(elements: number): ThreadArea {
    if (this.#elements !== undefined) throw new Error("thread scratch is late");
    this.#threadElements = Math.max(this.#threadElements, alignedSize(elements));
    const region = () => {
      if (this.#threadScratch === undefined) throw new Error("thread scratch is not placed");
      return this.#threadScratch;
    };
    const threads = this.#threads;
    return {
      get offset() {
        return region().offset;
      },
      get elements() {
        return region().size / threads;
      },
    };
  }

  /** Places all regions. Returns the heap's length in elements. */
  freeze(): number {
    if (this.#threadElements > 0) {
      this.#threadScratch = this.reserve("thread scratch", "scratch", this.#threads * this.#threadElements);
    }
    this.#elements = this.#placeApart(() => true) + TAIL;
    return this.#elements;
  }

  /** Places some regions one after the other, in the order of kinds; returns the end of the last one. */
  #placeApart(isOne: (region: Region) => boolean): number {
    let next = START;
    for (const kind of ORDER) {
      for (const region of this.#regions) {
        if (region.kind !== kind || !isOne(region)) continue;
        region.place(next);
        next += alignedSize(region.size);
      }
    }
    return next;
  }

  /**
   * Places all regions anew; some may share memory. Returns the heap's length in elements.
   *
   * @param shares true for regions that may share memory
   * @param apart true for two regions that never hold numbers that are needed at the same time
   * @param turns regions of which each thread holds a few samples at a time, if any
   */
  share(shares: (region: Region) => boolean, apart: (a: Region, b: Region) => boolean, turns?: TurnRegions): number {
    const start = this.#placeApart((region) => !shares(region));
    const shared = this.#regions.filter(shares);
    const inTurns = shared.filter((region) => turns?.regions.has(region) === true);
    const whole = shared.filter((region) => !inTurns.includes(region));
    let end = firstFit(whole, start, apart);
    if (turns !== undefined && inTurns.length > 0) {
      const { batch, most } = turns;
      for (const region of inTurns) region.place(0, region.size / batch);
      const ofOne = firstFit(inTurns, end, apart) - end;
      const samples = Math.max(1, Math.min(batch, Math.floor(most / ofOne)));
      for (const region of inTurns) region.place(0, region.size * samples);
      const elements = firstFit(inTurns, end, apart) - end;
      this.#turnArea = { offset: end, elements, samples };
      end += this.#threads * elements;
    }
    this.#shared = { regions: new Set(shared), elements: end - start };
    this.#elements = end + TAIL;
    return this.#elements;
  }

  /** The place of the regions of which each thread holds a few samples at a time; undefined where there are none. */
  get turnArea(): TurnArea | undefined {
    return this.#turnArea;
  }

  /** All regions, for tests and the memory map. */
  get regions(): readonly Region[] {
    return this.#regions;
  }

  /** Elements of each kind; memory that regions share is counted as activations. */
  sizes(): Record<RegionKind, number> {
    const sizes = { parameters: 0, gradients: 0, optimizer: 0, input: 0, packed: 0, activations: 0, scratch: 0 };
    for (const region of this.#regions) {
      if (this.#shared?.regions.has(region) !== true) sizes[region.kind] += region.size;
    }
    sizes.activations += this.#shared?.elements ?? 0;
    return sizes;
  }
}
