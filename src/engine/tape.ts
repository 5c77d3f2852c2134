import type { KernelArguments, KernelName } from "./kernels.ts";
import type { TurnArea } from "./plan.ts";

/**
 * The axis of a kernel's range. Barriers do not follow from it, but from the floats that calls touch (`phasesOf`).
 *
 * - `sample`: images of the batch, which may be done in turns of a few
 * - `batch`: images of the batch, all of a thread's at once: for kernels that read all of their weights at every call, which for
 *   a few images at a time costs more than it gains
 * - `channel`: channels, each over the whole batch
 * - `weight`: rows of a weight gradient, or panels of packed weights
 * - `parameter`: elements of all parameters together
 * - `part`: parts of a single image, pixels or rows, into which its `sample` calls are cut for threads
 * - `single`: work that one thread does alone
 */
export type Axis = "sample" | "batch" | "channel" | "weight" | "parameter" | "part" | "single";

/** The rows of one image's output as the range of a call: a part of them is the call for an image with fewer rows. */
export interface Band {
  /** Index of the argument that is their number. */
  readonly rows: number;
  /** Rows of a part; the last one may have fewer. */
  readonly of: number;
  /** Indices of the arguments that a part moves, and by how much from one to the next. */
  readonly shifts: readonly (readonly [argument: number, step: number])[];
}

/** Memory that belongs to the thread that runs a call: one area for each thread, one after the other. */
export interface ThreadScratch {
  /** Index into an operation's arguments of the first area's offset; a thread's own area lies `thread * elements` after it. */
  readonly argument: number;
  /** Elements from one thread's area to the next. */
  readonly elements: number;
}

/** A kernel call over the range [0, extent). */
export interface Operation {
  readonly kernel: KernelName;
  readonly axis: Axis;
  readonly extent: number;
  /** The kernel's arguments after `begin` and `end`. */
  readonly arguments: readonly number[];
  readonly scratch?: ThreadScratch | undefined;
  /** For the rows of an image as the range; the arguments are those for all of it. */
  readonly band?: Band | undefined;
  /** Path of the layer that the call is made for, for messages; empty where there is none, as for updates. */
  readonly layer: string;
}

/** A flat list of kernel calls: all that an engine knows of a model. */
export class Tape {
  readonly operations: Operation[] = [];
  /**
   * Samples of a turn: a run of `sample` calls is made for so many samples before the next ones follow, so that their
   * numbers stay in the cache.
   */
  readonly chunk: number;
  /** Memory that holds a few samples at a time, if there is some: calls that touch it are made for as many. */
  readonly turnArea: TurnArea | undefined;
  /** Path of the layer whose calls are appended. */
  #layer = "";

  /**
   * Makes an empty tape.
   *
   * @param chunk samples of a turn; default: all samples at once
   */
  constructor(chunk: number = Number.POSITIVE_INFINITY, turnArea?: TurnArea) {
    this.chunk = chunk;
    this.turnArea = turnArea;
  }

  /** Appends a call; the arguments are checked against the kernel's signature. */
  add<K extends KernelName>(kernel: K, axis: Axis, extent: number, ...args: KernelArguments<K>): void {
    this.operations.push({ kernel, axis, extent, arguments: args, layer: this.#layer });
  }

  /**
   * Appends a call that needs scratch of its thread's own, as `Site.threadScratch` gives it.
   *
   * @param scratch index among the arguments after begin and end of the offset of that memory, and the distance of the threads' areas
   * @throws Error if there is no such argument
   * @example
   * const { offset, elements } = site.threadScratch(1000);
   * tape.addWithScratch("winograd_filters", "weight", panels, { argument: 4, elements }, packed, panels, rows, 0, offset);
   */
  addWithScratch<K extends KernelName>(
    kernel: K,
    axis: Axis,
    extent: number,
    scratch: ThreadScratch,
    ...args: KernelArguments<K>
  ): void {
    if (!(scratch.argument in args)) {
      throw new Error(`${kernel}: expected scratch at one of ${args.length} arguments, got ${scratch.argument}`);
    }
    this.operations.push({ kernel, axis, extent, arguments: args, scratch, layer: this.#layer });
  }

  /** Lets a layer append its calls, which then bear the layer's path for error messages. */
  within<T>(layer: string, emit: () => T): T {
    const outer = this.#layer;
    this.#layer = layer;
    const result = emit();
    this.#layer = outer;
    return result;
  }

  /** Appends all calls of another tape. */
  append(other: Tape): void {
    this.operations.push(...other.operations);
  }
}

/** A thread's part [begin, end) of an operation; `single` work is the first thread's. */
export function sliceOf({ axis, extent }: Operation, thread: number, threads: number): [begin: number, end: number] {
  if (axis === "single") return thread === 0 ? [0, extent] : [0, 0];
  return [Math.floor((extent * thread) / threads), Math.floor((extent * (thread + 1)) / threads)];
}

/** An operation's arguments with the thread's own scratch. */
function argumentsOf({ arguments: args, scratch }: Operation, thread: number): readonly number[] {
  if (scratch === undefined || thread === 0) return args;
  return args.map((value, i) => (i === scratch.argument ? value + thread * scratch.elements : value));
}

/**
 * All arguments of a kernel for the part [begin, end) of an operation, the range first.
 *
 * @param thread whose scratch it gets
 */
export function callOf(operation: Operation, begin: number, end: number, thread: number): number[] {
  const args = [...argumentsOf(operation, thread)];
  const { band } = operation;
  if (band === undefined) return [begin, end, ...args];
  args[band.rows] = Math.min(end * band.of, args[band.rows]) - begin * band.of;
  for (const [argument, step] of band.shifts) args[argument] += begin * step;
  return [0, 1, ...args];
}
