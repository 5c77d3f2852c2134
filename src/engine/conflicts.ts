import { endOf, type Operand, runsMeet, runsOf } from "./operands/operand.ts";
import { operandsOf } from "./operands.ts";
import { type Operation, sliceOf } from "./tape.ts";

/** An operand of an operation, with the elements that it touches. */
export interface Touch {
  readonly operation: Operation;
  readonly operand: Operand;
  /** First of the elements that it may touch, with those between them; for scratch, the areas of all threads. */
  readonly from: number;
  readonly to: number;
}

/**
 * The operands of an operation with the whole range of each.
 *
 * @param areas how many threads scratch was reserved for
 */
export function touchesOf(operation: Operation, areas: number): readonly Touch[] {
  return operandsOf(operation).map((operand) => {
    const { role, offset, width } = operand;
    const to = role === "scratch" ? offset + areas * width : endOf(runsOf(operand, 0, operation.extent));
    return { operation, operand, from: offset, to };
  });
}

/**
 * True if different parts of two operands' ranges have a float in common, and at least one writes it: then threads have
 * to meet between the two calls.
 *
 * @param parts number of parts that ranges are cut into
 */
export function conflict(a: Touch, b: Touch, parts: number): boolean {
  const { role, offset, width } = a.operand;
  const other = b.operand;
  if (parts === 1 || a.from >= b.to || b.from >= a.to || (role === "input" && other.role === role)) return false;
  if (role === "scratch" || other.role === "scratch") {
    // In the same scratch each thread has its own area.
    return role !== other.role || offset !== other.offset || width !== other.width;
  }
  if (cutAlike(a, b)) return false;
  for (let i = 0; i < parts; i++) {
    for (let j = 0; j < parts; j++) if (i !== j && partsMeet(a, i, b, j, parts)) return true;
  }
  return false;
}

/** True if the floats of each index lie within one step of both operands, so that no index meets another one. */
function cutAlike({ operation, operand }: Touch, b: Touch): boolean {
  const { offset, step, rows, pitch } = operand;
  const other = b.operand;
  if (operation.axis === "single" || b.operation.axis === "single" || operation.extent !== b.operation.extent)
    return false;
  if (step !== other.step || rows !== other.rows || pitch !== other.pitch) return false;
  const end = Math.max(offset + spanOf(operand), other.offset + spanOf(other));
  return Number.isInteger(step) && end - Math.min(offset, other.offset) <= step;
}

/** Elements from the first one that an index touches, in the first row if the range runs along the rows. */
function spanOf({ step, width, rows, pitch }: Operand): number {
  return step > width ? (rows - 1) * pitch + width : width;
}

function partsMeet(a: Touch, i: number, b: Touch, j: number, parts: number): boolean {
  const one = sliceOf(a.operation, i, parts);
  const other = sliceOf(b.operation, j, parts);
  if (one[0] === one[1] || other[0] === other[1]) return false;
  return runsMeet(runsOf(a.operand, ...one), runsOf(b.operand, ...other));
}

/** Elements of one part of the heap, by which touches are grouped. */
const PART = 2 ** 16;

/**
 * Touches of some calls, by parts of the heap, so that further calls are only compared with those that touch the same
 * part.
 */
export class Touched {
  readonly #byPart = new Map<number, Touch[]>();

  clear(): void {
    this.#byPart.clear();
  }

  add(touches: readonly Touch[]): void {
    for (const touch of touches) {
      for (const part of partsOfHeap(touch)) {
        const known = this.#byPart.get(part) ?? [];
        known.push(touch);
        this.#byPart.set(part, known);
      }
    }
  }

  /**
   * True if one of some calls conflicts with the calls that were added.
   *
   * @param parts number of parts that ranges are cut into
   */
  conflictsWith(touches: readonly Touch[], parts: number): boolean {
    return touches.some((touch) =>
      partsOfHeap(touch).some(
        (part) => this.#byPart.get(part)?.some((known) => conflict(known, touch, parts)) === true,
      ),
    );
  }
}

function partsOfHeap({ from, to }: Touch): number[] {
  const first = Math.floor(from / PART);
  return Array.from({ length: Math.ceil(to / PART) - first }, (_, i) => first + i);
}
