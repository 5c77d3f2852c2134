/**
 * Runs kernel calls on any kernels and heap, every array fenced by canaries.
 *
 * Canaries, outputs before the call and all gaps hold signalling NaN, each with its place in its bits. A read past a
 * buffer that matters shows as NaN; a write shows as changed bits, even of NaN that was read elsewhere, for arithmetic
 * makes it quiet and a copy has another place; an element not written shows as bits unchanged.
 *
 * @module
 */

import { createReferenceKernels, type Heap } from "../engine/reference/index.ts";
import type { KernelCall, Tensor } from "./calls/call.ts";

/** Kernels by name: the reference, or the exports of a wasm module. */
export type KernelTable = Readonly<Record<string, (...args: number[]) => unknown>>;

/** Kernels and the heap they work on. */
export interface Backend {
  readonly kernels: KernelTable;
  readonly heap: Heap;
}

/** The reference kernels on a fresh heap of their own. */
export function referenceBackend(precision: "float32" | "float64", elements = 1 << 20): Backend {
  const heap = precision === "float64" ? new Float64Array(elements) : new Float32Array(elements);
  return { kernels: createReferenceKernels(heap), heap };
}

/** Options of a run of a call; by default in one piece. */
export interface RunOptions {
  /** Ascending positions at which the range [0, extent) is cut. */
  readonly cuts?: readonly number[];
  /** Run the last slice first. */
  readonly backwards?: boolean;
  /** True: the output takes the place of the input that it may overwrite. */
  readonly inPlace?: boolean;
}

/** The outputs and states after a call, by name. */
export type Results = ReadonlyMap<string, Heap>;

// The engine leaves as much free: offset 0 means "none", and wasm modules keep their constants low.
const START = 16384;
const ALIGNMENT = 16;
const CANARY = 16;

interface Placed {
  readonly tensor: Tensor;
  readonly offset: number;
  readonly elements: number;
}

const patterns = new Map<string, Uint32Array>();

/** `elements` signalling NaN as 32-bit words, all different. */
function pattern(elements: number, bytesPerElement: number): Uint32Array {
  const key = `${elements} ${bytesPerElement}`;
  let words = patterns.get(key);
  if (words === undefined) {
    words = new Uint32Array((elements * bytesPerElement) / 4);
    // The top bit of the fraction is clear, the next one set: bits 22 and 21 of a float32, 51 and 50 of a float64.
    for (let i = 0; i < words.length; i++) {
      if (bytesPerElement === 4) words[i] = 0x7fa00000 | (i & 0x1fffff);
      else words[i] = i % 2 === 1 ? 0x7ff40000 | ((i >> 1) & 0x3ffff) : i;
    }
    patterns.set(key, words);
  }
  return words;
}

let memory = new Uint32Array();

/** A copy of the words, which lasts until the next one. */
function copyOf(words: Uint32Array): Uint32Array {
  if (memory.length < words.length) memory = new Uint32Array(words.length);
  memory.set(words);
  return memory.subarray(0, words.length);
}

/** True: both have the same bits. */
function same(some: Uint32Array, others: Uint32Array): boolean {
  const [a, b] = [some, others].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  return a.equals(b);
}

/** Elements a tensor takes; bytes are packed. */
function elementsOf(tensor: Tensor, heap: Heap): number {
  return tensor.bytes === undefined ? tensor.length : Math.ceil(tensor.length / heap.BYTES_PER_ELEMENT);
}

function place(call: KernelCall, heap: Heap, inPlace: boolean): { placed: Placed[]; end: number } {
  const placed: Placed[] = [];
  let next = START;
  for (const tensor of call.args) {
    if (typeof tensor === "number") continue;
    const shared = inPlace && call.inPlace?.[1] === tensor.name;
    const host = shared ? placed.find((other) => other.tensor.name === call.inPlace?.[0]) : undefined;
    const elements = elementsOf(tensor, heap);
    placed.push({ tensor, offset: host?.offset ?? next + CANARY, elements });
    if (host === undefined) next = Math.ceil((next + CANARY + elements) / ALIGNMENT) * ALIGNMENT;
  }
  return { placed, end: next + CANARY };
}

/** A call wrote outside its outputs and states, or left an element of an output unwritten. */
export class CanaryError extends Error {
  /** The message without the call's name. */
  readonly problem: string;

  constructor({ kernel, label }: KernelCall, problem: string) {
    super(`${kernel}, ${label}: ${problem}`);
    this.problem = problem;
  }
}

/**
 * Runs a call and returns its outputs and states.
 *
 * @throws CanaryError if it wrote outside its outputs and states, or left an element of an output unwritten
 */
export function runCall({ kernels, heap }: Backend, call: KernelCall, options: RunOptions = {}): Results {
  const inPlace = options.inPlace === true;
  const { placed, end } = place(call, heap, inPlace);
  if (end > heap.length) throw new Error(`${call.label}: expected a heap of ${end} elements, got ${heap.length}`);
  const wordsPerElement = heap.BYTES_PER_ELEMENT / 4;
  const words = new Uint32Array(heap.buffer, heap.byteOffset, end * wordsPerElement);
  const fill = pattern(heap.length, heap.BYTES_PER_ELEMENT);
  words.set(fill.subarray(START * wordsPerElement, words.length), START * wordsPerElement);
  for (const { tensor, offset } of placed) {
    if (tensor.values !== undefined) heap.set(tensor.values, offset);
    if (tensor.bytes !== undefined) {
      new Uint8Array(heap.buffer, heap.byteOffset + offset * heap.BYTES_PER_ELEMENT).set(tensor.bytes);
    }
  }
  const before = copyOf(words);

  const offsets = placed.map(({ offset }) => offset);
  const args = call.args.map((argument) => (typeof argument === "number" ? argument : (offsets.shift() ?? 0)));
  const edges = [0, ...(options.cuts ?? []), call.extent];
  const slices = edges.slice(1).map((last, i) => [edges[i], last]);
  if (options.backwards) slices.reverse();
  for (const [first, last] of slices) kernels[call.kernel](first, last, ...args);

  // Results may have changed, and are put back; everything else must be unchanged.
  const results = new Map<string, Heap>();
  for (const { tensor, offset, elements } of placed) {
    if (tensor.role === "input") continue;
    if (tensor.role !== "scratch") results.set(tensor.name, heap.slice(offset, offset + elements));
    const from = offset * wordsPerElement;
    const to = (offset + elements) * wordsPerElement;
    for (let word = to - 1; word >= from && tensor.role === "output"; word -= wordsPerElement) {
      // The last word of an element tells NaN from numbers.
      if (words[word] !== fill[word]) continue;
      const at = Math.floor((word - from) / wordsPerElement);
      throw new CanaryError(call, `did not write "${tensor.name}" at ${at}`);
    }
    words.set(before.subarray(from, to), from);
  }
  if (!same(words, before)) {
    const changed = words.findIndex((word, i) => word !== before[i]);
    throw new CanaryError(call, `wrote outside its outputs, ${whereIs(changed / wordsPerElement, placed)}`);
  }
  return results;
}

function whereIs(position: number, placed: readonly Placed[]): string {
  const at = Math.floor(position);
  const inside = placed.find(({ offset, elements }) => at >= offset && at < offset + elements);
  if (inside !== undefined) return `into input "${inside.tensor.name}" at ${at - inside.offset}`;
  return placed
    .map(
      ({ tensor, offset, elements }) =>
        `${tensor.name} ${at < offset ? at - offset : `+${at - offset - elements + 1}`}`,
    )
    .join(", ");
}
