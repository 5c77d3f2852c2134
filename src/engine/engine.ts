import { chooseGear, type Gear } from "./gears.ts";
import type { Kernels } from "./kernels.ts";
import type { Heap } from "./reference/heap.ts";
import { createReferenceKernels } from "./reference/index.ts";
import { runTape, type Tape } from "./tape.ts";
import { instantiateKernels } from "./wasm.ts";

const PAGE_BYTES = 65536;
const MAX_PAGES = 65536;

/** Kernels over one heap of fixed size. */
export interface Engine {
  readonly gear: Gear;
  readonly kernels: Kernels;
  readonly heap: Heap;
  /** Uint8 pixels staged at element offset x start at byte x * `heap.BYTES_PER_ELEMENT`. */
  readonly bytes: Uint8Array;
  run(tape: Tape): void;
}

export interface EngineOptions {
  /** Default `"auto"`. */
  gear?: Gear | "auto";
  /** `"float64"` only on the `js` gear, for gradient checks. Default `"float32"`. */
  precision?: "float32" | "float64";
}

/**
 * Makes an engine with a heap of `elements` zeros.
 *
 * @throws RangeError if the host lacks the gear or the heap does not fit into 4 GiB
 */
export async function createEngine(elements: number, options: EngineOptions = {}): Promise<Engine> {
  const precision = options.precision ?? "float32";
  const gear = precision === "float64" ? chooseGear(options.gear ?? "js") : chooseGear(options.gear ?? "auto");
  if (precision === "float64" && gear !== "js") {
    throw new RangeError(`engine: expected the js gear for float64, got ${gear}`);
  }
  const pages = Math.ceil((elements * 4) / PAGE_BYTES);
  if (pages > MAX_PAGES) {
    const size = ((elements * 4) / 2 ** 30).toFixed(1);
    throw new RangeError(`engine: expected a model that fits into 4 GiB, got one of ${size} GiB; try a smaller batch`);
  }
  const { heap, kernels } = await allocate(gear, precision, elements, pages);
  const bytes = new Uint8Array(heap.buffer, heap.byteOffset, heap.byteLength);
  return { gear, kernels, heap, bytes, run: (tape) => runTape(kernels, tape) };
}

async function allocate(gear: Gear, precision: "float32" | "float64", elements: number, pages: number) {
  try {
    if (gear === "js") {
      const heap: Heap = precision === "float64" ? new Float64Array(elements) : new Float32Array(elements);
      const kernels: Kernels = createReferenceKernels(heap);
      return { heap, kernels };
    }
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const kernels = await instantiateKernels(gear, memory);
    return { heap: new Float32Array(memory.buffer), kernels };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const size = Math.ceil((elements * 4) / 2 ** 20);
    throw new RangeError(`engine: expected ${size} MiB of free memory, got none; try a smaller batch`, {
      cause: error,
    });
  }
}
