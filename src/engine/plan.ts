/**
 * What a region of memory is for; `summary()` adds them up by these. `packed`: weights in the order in which kernels read
 * them. `scratch`: what is needed for some calls.
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

/** Kinds whose memory can serve several regions, one after the other. */
const SHARED: ReadonlySet<RegionKind> = new Set<RegionKind>(["activations", "packed", "scratch"]);

/** Elements left free at the start: offset 0 means "none" to the kernels, and the compiler's own data lies there. */
const START = 16384;

/** Kernels may read, never write, up to seven floats past a region. */
const TAIL = 16;

/** Elements that a region takes, up to the next region's start. */
export function alignedSize(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}

/** A part of the heap. Its place is known once the plan is frozen. */
export class Region {
  readonly name: string;
  readonly kind: RegionKind;
  /** Elements. */
  readonly size: number;
  #offset: number | undefined;

  constructor(name: string, kind: RegionKind, size: number) {
    this.name = name;
    this.kind = kind;
    this.size = size;
  }

  /** Element offset in the heap. Throws before the plan is frozen. */
  get offset(): number {
    if (this.#offset === undefined) throw new Error(`region "${this.name}": its place is not known before the freeze`);
    return this.#offset;
  }

  /** Called once, by the plan. */
  place(offset: number): void {
    this.#offset = offset;
  }
}

/** Memory in which each thread has an area to itself. Its place is known once the plan is frozen. */
export interface ThreadArea {
  /** Element offset of the first thread's area. Throws before the plan is frozen. */
  readonly offset: number;
  /** Elements from one thread's area to the next: at least as many as were asked for. Throws before the plan is frozen. */
  readonly elements: number;
}

/** Adds up what a model needs, then gives every region its place: nothing is allocated afterwards. */
export class MemoryPlan {
  readonly #regions: Region[] = [];
  readonly #threads: number;
  /** Elements that a thread needs for any call. */
  #threadElements = 0;
  #threadScratch: Region | undefined;
  #elements: number | undefined;
  /** Elements of all regions that share memory, once they do. */
  #shared: number | undefined;

  /** @param threads most threads that will use the memory */
  constructor(threads = 1) {
    this.#threads = threads;
  }

  /** Asks for `size` elements. Regions of a kind lie in the order they were asked for. */
  reserve(name: string, kind: RegionKind, size: number): Region {
    if (this.#elements !== undefined) throw new Error(`region "${name}": the plan is frozen`);
    const region = new Region(name, kind, size);
    this.#regions.push(region);
    return region;
  }

  /**
   * Asks for memory of each thread's own, for the time of a call. All calls use the same areas, which are as large as the
   * largest that is asked for.
   */
  threadArea(elements: number): ThreadArea {
    if (this.#elements !== undefined) throw new Error("thread scratch: the plan is frozen");
    this.#threadElements = Math.max(this.#threadElements, alignedSize(elements));
    const region = () => {
      if (this.#threadScratch === undefined)
        throw new Error("thread scratch: its place is not known before the freeze");
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
    let next = START;
    for (const kind of ORDER) {
      for (const region of this.#regions) {
        if (region.kind !== kind) continue;
        region.place(next);
        next += alignedSize(region.size);
      }
    }
    this.#elements = next + TAIL;
    return this.#elements;
  }

  /**
   * Places all regions anew, of which some lie where others do, by first fit, the largest first (Pisarchyk and Lee, 2020,
   * arXiv:2001.03288: "greedy by size"). Returns the heap's length in elements.
   *
   * @param apart whether two regions never hold numbers that matter at the same time; asked for the kinds that can share
   */
  share(apart: (a: Region, b: Region) => boolean): number {
    let start = START;
    for (const kind of ORDER) {
      if (SHARED.has(kind)) continue;
      for (const region of this.#regions.filter((candidate) => candidate.kind === kind)) {
        region.place(start);
        start += alignedSize(region.size);
      }
    }
    const shared = this.#regions.filter(({ kind }) => SHARED.has(kind)).sort((a, b) => b.size - a.size);
    const placed: Region[] = [];
    let end = start;
    for (const region of shared) {
      const size = alignedSize(region.size);
      let at = start;
      // Those that are placed are in order of their offsets.
      for (const other of placed) {
        if (other.offset + alignedSize(other.size) <= at || apart(region, other)) continue;
        if (at + size <= other.offset) break;
        at = other.offset + alignedSize(other.size);
      }
      region.place(at);
      end = Math.max(end, at + size);
      const index = placed.findIndex(({ offset }) => offset > at);
      placed.splice(index < 0 ? placed.length : index, 0, region);
    }
    this.#shared = end - start;
    this.#elements = end + TAIL;
    return this.#elements;
  }

  /** All regions, for tests and the memory map. */
  get regions(): readonly Region[] {
    return this.#regions;
  }

  /** Elements of each kind; where kinds share memory, all of it is counted as activations. */
  sizes(): Record<RegionKind, number> {
    const sizes = { parameters: 0, gradients: 0, optimizer: 0, input: 0, packed: 0, activations: 0, scratch: 0 };
    for (const { kind, size } of this.#regions) {
      if (this.#shared === undefined || !SHARED.has(kind)) sizes[kind] += size;
    }
    sizes.activations += this.#shared ?? 0;
    return sizes;
  }
}
