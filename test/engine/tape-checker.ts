import { type Operand, type Runs, runsOf } from "../../src/engine/operands/operand.ts";
import { operandsOf } from "../../src/engine/operands.ts";
import { phasesOf } from "../../src/engine/phases.ts";
import { alignedSize, type Region } from "../../src/engine/plan.ts";
import { type Operation, sliceOf, type Tape } from "../../src/engine/tape.ts";

/** Kinds of regions whose neighbours one call may walk through, the gaps between them included. */
const WALKED = ["parameters", "gradients", "optimizer"] as const;

/** In place of the one part that has read a float: more than one. */
const MANY = 0x7fff;

/**
 * Holds tapes to what threads and memory ask of them, float by float:
 *
 * - each operand lies inside of one region; those of updates within the run of all parameters, or all gradients
 * - nothing reads what nobody wrote
 * - no two calls between two barriers touch one float from different parts of their ranges, one of them writing; in runs that
 *   are walked in turns each sample is such a part
 *
 * Tapes are checked in the order in which they run: what one wrote, the next may read.
 */
export class TapeChecker {
  readonly #regions: readonly Region[];
  readonly #threads: number;
  readonly #written: Uint8Array;
  /** The last part that wrote and read each float, and when; a part counts from 1. */
  readonly #writer: Int32Array;
  readonly #reader: Int32Array;
  #time = 0;

  /**
   * @param written what the host writes before the first tape
   * @param threads how many run the tapes
   */
  constructor(regions: readonly Region[], threads: number, written: (region: Region) => boolean) {
    const end = Math.max(...regions.map(({ offset, size }) => offset + alignedSize(size)));
    this.#regions = regions;
    this.#threads = threads;
    this.#written = new Uint8Array(end);
    this.#writer = new Int32Array(end);
    this.#reader = new Int32Array(end);
    for (const region of regions) {
      const { offset, size } = region;
      // Gaps hold zeros.
      this.#written.fill(1, offset + size, offset + alignedSize(size));
      if (written(region)) this.#written.fill(1, offset, offset + size);
    }
  }

  /**
   * @param phases what lies between barriers
   * @throws Error naming the first call at which something is wrong
   */
  check({ operations }: Pick<Tape, "operations">, phases = phasesOf(operations, this.#threads)): void {
    for (const operation of operations) this.#place(operation);
    for (const phase of phases) {
      for (const run of phase) {
        if (!run.inTurns || run.operations[0].extent === 1) continue;
        this.#time++;
        for (const operation of run.operations) this.#touch(operation, operation.extent, false);
      }
      this.#time++;
      for (const { operations } of phase)
        for (const operation of operations) this.#touch(operation, this.#threads, true);
    }
  }

  #place(operation: Operation): void {
    const { extent, scratch } = operation;
    for (const operand of operandsOf(operation)) {
      const who = nameOf(operation, operand);
      if (operand.role === "scratch" && scratch?.argument !== operand.argument) {
        throw new Error(`${who}: expected scratch of the thread's own`);
      }
      const parts = operand.role === "scratch" ? this.#threads : 1;
      const last = areaOf(operand, [0, extent], parts - 1);
      const end = last.first + (last.count - 1) * last.pitch + last.length;
      const walks = operation.axis === "parameter";
      const isInside = this.#regions.some((region) => {
        const { offset, size } = region;
        const whole = walks && WALKED.some((kind) => kind === region.kind) ? this.#runOf(region) : { offset, size };
        return operand.offset >= whole.offset && end <= whole.offset + whole.size;
      });
      if (!isInside) throw new Error(`${who}: expected it inside of one region, got ${operand.offset} to ${end}`);
    }
  }

  /** All regions of a kind, which lie one after the other. */
  #runOf({ kind }: Region): { readonly offset: number; readonly size: number } {
    const run = this.#regions.filter((region) => region.kind === kind);
    const offset = Math.min(...run.map((region) => region.offset));
    const end = Math.max(...run.map((region) => region.offset + alignedSize(region.size)));
    return { offset, size: end - offset };
  }

  /**
   * @param parts into how many the range is cut
   * @param ordered whether the calls come in the order in which they run, so that it shows what has been written
   */
  #touch(operation: Operation, parts: number, ordered: boolean): void {
    const operands = operandsOf(operation);
    const slices = Array.from({ length: parts }, (_, part) => ({ part, slice: sliceOf(operation, part, parts) }));
    const full = slices.filter(({ slice: [begin, end] }) => end > begin);
    const reads = operands.filter(({ role }) => role === "input" || role === "state");
    const writes = operands.filter(({ role }) => role !== "input" && (ordered || role !== "scratch"));
    for (const operand of reads) {
      const who = nameOf(operation, operand);
      // What each part of the range touches is the same, so that it is enough to look once.
      const same = operand.step === 0 && full.length > 1;
      for (const { part, slice } of same ? full.slice(0, 1) : full) {
        const runs = runsOf(operand, ...slice);
        if (ordered) this.#expectWritten(who, runs);
        this.#read(who, runs, same ? MANY : part + 1);
      }
    }
    for (const operand of writes) {
      const who = nameOf(operation, operand);
      for (const { part, slice } of full) this.#write(who, areaOf(operand, slice, part), part + 1, ordered);
    }
  }

  #expectWritten(who: string, { first, length, count, pitch }: Runs): void {
    for (let from = first, run = 0; run < count; run++, from += pitch) {
      const missing = this.#written.subarray(from, from + length).indexOf(0);
      if (missing >= 0) throw new Error(`${who}: reads ${from + missing}, which nobody wrote`);
    }
  }

  #read(who: string, { first, length, count, pitch }: Runs, part: number): void {
    const now = this.#time * (MANY + 1);
    for (let from = first, run = 0; run < count; run++, from += pitch) {
      for (let at = from; at < from + length; at++) {
        const writer = this.#writer[at] - now;
        if (writer > 0 && writer !== part) throw new Error(`${who}: reads ${at}, which another part writes`);
        const reader = this.#reader[at] - now;
        this.#reader[at] = now + (reader > 0 && reader !== part ? MANY : part);
      }
    }
  }

  #write(who: string, { first, length, count, pitch }: Runs, part: number, ordered: boolean): void {
    const now = this.#time * (MANY + 1);
    for (let from = first, run = 0; run < count; run++, from += pitch) {
      if (ordered) this.#written.fill(1, from, from + length);
      for (let at = from; at < from + length; at++) {
        const writer = this.#writer[at] - now;
        const reader = this.#reader[at] - now;
        if (writer > 0 && writer !== part) throw new Error(`${who}: writes ${at}, which another part writes`);
        if (reader > 0 && reader !== part) throw new Error(`${who}: writes ${at}, which another part reads`);
        this.#writer[at] = now + part;
      }
    }
  }
}

/** The floats that a part of the range touches, or those of the part's thread if that has an area of its own. */
function areaOf(operand: Operand, slice: readonly [number, number], thread: number): Runs {
  const { role, width } = operand;
  const runs = runsOf(operand, ...slice);
  return role === "scratch" ? { ...runs, first: runs.first + thread * width } : runs;
}

function nameOf({ kernel, layer }: Operation, { role, argument }: Operand): string {
  return `${kernel}${layer === "" ? "" : ` of "${layer}"`}, ${role} at argument ${argument}`;
}
