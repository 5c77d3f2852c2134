import { createEngine, type Engine } from "../engine/engine.ts";
import type { EngineOptions } from "../engine/engine-options.ts";
import { extraRows } from "../engine/operands/extra.ts";
import { addRows } from "../engine/operands.ts";
import type { Region } from "../engine/plan.ts";
import type { Heap } from "../engine/reference/heap.ts";
import type { Operation } from "../engine/tape.ts";
import { RandomStream } from "../numeric/random.ts";

/**
 * Kernel calls with memory and data, apart from any network, which are checked and timed kernel by kernel. The calls
 * are written by the layers, losses and optimizers themselves, so they are those of real training.
 */
export interface Program {
  /** Elements of the heap. */
  readonly elements: number;
  readonly regions: readonly Region[];
  /** Calls in an order in which they can run: later ones read the results of earlier ones. */
  readonly operations: readonly Operation[];
  /** Multiply-adds of the layer's forward pass over the whole batch; 0 where there is no layer. */
  readonly multiplyAdds: number;
  /** Writes the inputs. */
  fill(heap: Heap): void;
  /** An input of bytes, which copies of float32 numbers do not hold. */
  readonly pixels?: Region;
}

/** Makes the same program for any batch size, to run on up to so many threads. */
export type ProgramMaker = (n: number, threads: number) => Program;

/** An engine with the program's memory and data. */
export async function load(program: Program, options: EngineOptions): Promise<Engine> {
  addRows(extraRows());
  const engine = await createEngine(program.elements, options, true);
  program.fill(engine.heap);
  fillPixels(program, engine);
  return engine;
}

/** Writes the program's pixels, if it has any, where the kernels look for bytes. */
export function fillPixels({ pixels }: Program, { heap, bytes }: Engine): void {
  if (pixels === undefined) return;
  const start = pixels.offset * heap.BYTES_PER_ELEMENT;
  for (let i = 0; i < pixels.size; i++) bytes[start + i] = (i * 89) % 251;
}

/** Standard normal numbers, float32 on every engine. */
export function fillNormal(heap: Heap, { name, offset, size }: Region): void {
  const stream = RandomStream.from(1, `bench ${name}`);
  // Drawing is slow beside copying: a few thousand numbers repeat, in a length that no shape divides.
  const values = Float32Array.from({ length: Math.min(size, 4099) }, (_, i) => stream.normal(i));
  for (let at = 0; at < size; at += values.length) {
    heap.set(values.subarray(0, Math.min(values.length, size - at)), offset + at);
  }
}
