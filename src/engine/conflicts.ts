import { endOf, type Operand, type Runs, runsMeet, runsOf } from "./operands/operand.ts";
import { operandsOf } from "./operands.ts";
import { type Operation, sliceOf } from "./tape.ts";

/** One operand of an operation. */
export interface Touch {
  readonly operation: Operation;
  readonly operand: Operand;
  /** All elements that it may touch, with those between them: for scratch, the areas of all threads. */
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
 * Whether two operands, at least one of them written, have a float in common that different parts of the ranges touch: then
 * threads have to meet between the two calls.
 *
 * @param parts into how many parts ranges are cut
 */
export function conflict(a: Touch, b: Touch, parts: number): boolean {
  if (parts === 1 || a.from >= b.to || b.from >= a.to) return false;
  if (a.operand.role === "input" && b.operand.role === "input") return false;
  if (a.operand.role === "scratch" || b.operand.role === "scratch") return !sameAreas(a.operand, b.operand);
  return !cutAlike(a, b) && partsMeet(partsOf(a, parts), partsOf(b, parts));
}

/** Whether both are the same scratch, of which each thread uses its own area. */
function sameAreas(a: Operand, b: Operand): boolean {
  return a.role === b.role && a.offset === b.offset && a.width === b.width;
}

/** Whether index i of both touches the same floats, and no other index does. */
function cutAlike(a: Touch, b: Touch): boolean {
  if (a.operation.extent !== b.operation.extent) return false;
  if (a.operation.axis === "single" || b.operation.axis === "single") return false;
  const { operand: one } = a;
  const { operand: other } = b;
  const { offset, step, width, rows, pitch } = one;
  if (offset !== other.offset || step !== other.step || step === 0 || !Number.isInteger(step)) return false;
  return width === other.width && rows === other.rows && pitch === other.pitch;
}

/** What each part of the range touches, where it is not empty. */
function partsOf({ operation, operand }: Touch, parts: number): readonly (Runs | undefined)[] {
  return Array.from({ length: parts }, (_, part) => {
    const [begin, end] = sliceOf(operation, part, parts);
    return end > begin ? runsOf(operand, begin, end) : undefined;
  });
}

/** Whether a part of one meets another part of the other. Both ascend. */
function partsMeet(a: readonly (Runs | undefined)[], b: readonly (Runs | undefined)[]): boolean {
  let first = 0;
  for (let i = 0; i < a.length; i++) {
    const one = a[i];
    if (one === undefined) continue;
    const end = endOf(one);
    for (let j = first; j < b.length; j++) {
      const other = b[j];
      if (other === undefined) continue;
      if (other.first >= end) break;
      if (endOf(other) <= one.first) first = j + 1;
      else if (i !== j && runsMeet(one, other)) return true;
    }
  }
  return false;
}

/** What some calls touch, so that further ones are only compared with those that touch the same part of the heap. */
export class Touched {
  /** Places of all first elements and ends, in order, by element. */
  readonly #places: ReadonlyMap<number, number>;
  /** From each such place to the next one. */
  readonly #between = new Map<number, Touch[]>();

  /** @param all that will ever be asked for or added */
  constructor(all: readonly Touch[]) {
    const edges = [...new Set(all.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
    this.#places = new Map(edges.map((edge, place) => [edge, place]));
  }

  clear(): void {
    this.#between.clear();
  }

  add(touches: readonly Touch[]): void {
    for (const touch of touches) {
      this.#walk(touch, (place) => {
        const known = this.#between.get(place);
        if (known === undefined) this.#between.set(place, [touch]);
        else known.push(touch);
      });
    }
  }

  /**
   * Whether one of some calls conflicts with what was added.
   *
   * @param parts into how many parts ranges are cut
   */
  conflictsWith(touches: readonly Touch[], parts: number): boolean {
    if (parts === 1) return false;
    return touches.some((touch) => {
      let found = false;
      this.#walk(touch, (place) => {
        found ||= this.#between.get(place)?.some((known) => conflict(known, touch, parts)) === true;
      });
      return found;
    });
  }

  #walk({ from, to }: Touch, visit: (place: number) => void): void {
    const last = this.#places.get(to) ?? 0;
    for (let place = this.#places.get(from) ?? 0; place < last; place++) visit(place);
  }
}
