import { HostError, InputRangeError, isInputError, KernelError, reasonOf, retold } from "../errors.ts";
import { pickOptions, readOptions } from "../options/schema.ts";
import { chooseEngine, type EngineName, fasterHint } from "./engine-names.ts";
import { ENGINE, type EngineOptions } from "./engine-options.ts";
import type { Kernels } from "./kernels.ts";
import { programOf, runPhase } from "./program.ts";
import type { Heap } from "./reference/heap.ts";
import type { Tape } from "./tape.ts";
import type { Pool } from "./threads/pool.ts";
import { chooseThreads } from "./threads/source.ts";
import { instantiateKernels, type KernelChoice } from "./wasm.ts";

const PAGE_BYTES = 65536;
const MAX_PAGES = 65536;

/** Kernels over one heap of fixed size. */
export interface Engine {
  /** The name by which it was chosen. */
  readonly name: EngineName;
  /**
   * The kernels by name.
   *
   * @internal
   */
  readonly kernels: Kernels;
  /**
   * The memory that all kernels work on.
   *
   * @internal
   */
  readonly heap: Heap;
  /** The heap's bytes. Uint8 pixels of element offset x start at byte x * `heap.BYTES_PER_ELEMENT`. @internal */
  readonly bytes: Uint8Array;
  /** Number of threads that run tapes, the calling one included; with `auto` the largest number. */
  readonly threads: number;
  /**
   * Reason, in words, why it is slower than this machine could be: fewer threads than asked for, or than there are cores; an engine
   * that `auto` had to take where a faster one needs a flag of the host. Undefined where there is none.
   */
  readonly reason: string | undefined;
  /**
   * Runs a tape to its end, on all threads.
   *
   * @throws KernelError if a kernel traps, naming it and its layer, HostError if a thread is lost: then the heap holds half a
   * step, and every later run throws the same, with the advice to compile the model again
   * @internal
   */
  run(tape: Tape): void;
  /** Ends the threads; nothing runs afterwards. Further calls do nothing. @internal */
  dispose(): void;
}

/** Kernels, precision and threads of an engine. */
export interface EngineChoice {
  readonly engine: EngineName;
  readonly precision: "float32" | "float64";
  readonly threads: number;
  readonly reason: string | undefined;
}

/**
 * Chooses engine, precision and threads for this host, before memory is allocated.
 *
 * @throws HostError if the host lacks the engine, or the threads
 * @throws TypeError, RangeError for other options
 */
export function engineChoice(options: EngineOptions): EngineChoice {
  const { engine: wanted, precision, threads } = readOptions("engine", ENGINE, pickOptions(ENGINE, options));
  const engine = precision === "float64" ? chooseEngine(wanted ?? "js") : chooseEngine(wanted ?? "auto");
  if (precision === "float64" && engine !== "js") {
    throw new InputRangeError("engine", "the js engine for float64", engine, "contradiction");
  }
  const chosen = chooseThreads(threads, engine === "js" ? "the js engine has one thread" : undefined);
  const hint = wanted === undefined || wanted === "auto" ? fasterHint(engine) : undefined;
  const reasons = [hint, chosen.reason].filter((reason) => reason !== undefined);
  return { engine, precision, ...chosen, reason: reasons.length === 0 ? undefined : reasons.join("; ") };
}

/** Bytes of a heap of `elements` elements: WebAssembly's memory comes in pages. */
export function heapBytes(elements: number, { engine, precision }: Pick<EngineChoice, "engine" | "precision">): number {
  if (engine === "js") return elements * (precision === "float64" ? 8 : 4);
  return Math.max(1, Math.ceil((elements * 4) / PAGE_BYTES)) * PAGE_BYTES;
}

/**
 * Makes an engine with a heap of `elements` zeros.
 *
 * @param extra true: with the kernels of the extra file. Default false
 * @throws RangeError if the heap does not fit into 4 GiB
 * @throws HostError if the host lacks the engine or the memory, or threads that were asked for by number do not start
 */
export async function createEngine(elements: number, options: EngineOptions = {}, extra = false): Promise<Engine> {
  const choice = engineChoice(options);
  const pages = Math.ceil((elements * 4) / PAGE_BYTES);
  if (pages > MAX_PAGES) {
    const size = ((elements * 4) / 2 ** 30).toFixed(1);
    throw new InputRangeError("engine", "a model that fits into 4 GiB", `one of ${size} GiB`, "too-large", {
      advice: "try a smaller batch",
    });
  }
  const auto = options.threads === "auto";
  const parts = await assemble(choice, elements, pages, auto, extra);
  // Threads that were asked for by number must run before anything else; those of "auto" may come later, or not at all.
  if (!auto) await parts.pool?.started;
  return new TapeEngine(choice, parts, auto);
}

/** Parts of an engine. */
interface Parts {
  readonly heap: Heap;
  readonly kernels: Kernels;
  readonly pool?: Pool;
  readonly reason?: string | undefined;
}

async function assemble(
  choice: EngineChoice,
  elements: number,
  pages: number,
  auto: boolean,
  extra: boolean,
): Promise<Parts> {
  const { engine, precision, threads, reason } = choice;
  try {
    if (engine === "js") {
      const heap: Heap = precision === "float64" ? new Float64Array(elements) : new Float32Array(elements);
      const { createReferenceKernels } = await import("./reference/index.ts");
      return { heap, kernels: createReferenceKernels(heap), reason };
    }
    if (threads === 1) return { ...(await assembleAlone({ engine, extra }, pages)), reason };
    try {
      const { assembleShared } = await import("./threads/assemble.ts");
      return await assembleShared({ engine, extra, shared: true }, threads, pages);
    } catch (error) {
      if (!auto || lacksMemory(error)) throw error;
      return { ...(await assembleAlone({ engine, extra }, pages)), reason: reasonOf(error) };
    }
  } catch (error) {
    if (!lacksMemory(error)) throw error;
    const size = Math.ceil((elements * 4) / 2 ** 20);
    const problem = `expected ${size} MiB of free memory, got none`;
    throw new HostError("engine", problem, "no-memory", { advice: "try a smaller batch", cause: error });
  }
}

async function assembleAlone(choice: KernelChoice, pages: number): Promise<Parts> {
  const size = Math.max(pages, 1);
  const memory = new WebAssembly.Memory({ initial: size, maximum: size });
  return { heap: new Float32Array(memory.buffer), kernels: await instantiateKernels(choice, memory) };
}

/** A tape made ready to run again and again. */
interface Recording {
  /** Number of operations when it was made ready: more may have been added since. */
  readonly length: number;
  /** Runs the tape in the way that fits the engine. */
  run(): void;
}

/** True if the host had no memory for the heap: it then throws a RangeError of its own. */
function lacksMemory(error: unknown): boolean {
  return error instanceof RangeError && !(error instanceof HostError || isInputError(error));
}

/** The error of a run after `dispose`. */
const DISPOSED = new InputRangeError("engine", "one in use", "one that was disposed of", "wrong-time");

/** Ends the threads of engines that were garbage collected. */
const forgotten = new FinalizationRegistry<Pool>((pool) => pool.dispose(DISPOSED));

/** The error of a run that comes after a failure, or after `dispose`. */
function errorAfter(failure: Error): Error {
  const advice = "nothing runs after that, compile the model again";
  if (failure instanceof KernelError || failure instanceof HostError) return retold(failure, { advice });
  return isInputError(failure) ? retold(failure, {}) : failure;
}

class TapeEngine implements Engine {
  readonly name: EngineName;
  readonly kernels: Kernels;
  readonly heap: Heap;
  readonly bytes: Uint8Array;
  readonly #auto: boolean;
  readonly #recordings = new WeakMap<Tape, Recording>();
  #pool: Pool | undefined;
  #reason: string | undefined;
  /** Reason why nothing can run any more. */
  #failure: Error | undefined;

  constructor({ engine }: EngineChoice, { heap, kernels, pool, reason }: Parts, auto: boolean) {
    this.name = engine;
    this.kernels = kernels;
    this.heap = heap;
    this.bytes = new Uint8Array(heap.buffer, heap.byteOffset, heap.byteLength);
    this.#auto = auto;
    this.#pool = pool;
    this.#reason = reason;
    if (pool === undefined) return;
    forgotten.register(this, pool);
    pool.started.catch((error: unknown) => {
      this.#pool = undefined;
      this.#reason = reasonOf(error);
    });
  }

  get threads(): number {
    return this.#pool?.threads ?? 1;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  run(tape: Tape): void {
    const failure = this.#failure ?? this.#pool?.failure;
    if (failure !== undefined) throw errorAfter(failure);
    let recording = this.#recordings.get(tape);
    if (recording?.length !== tape.operations.length) {
      recording = this.#record(tape);
      this.#recordings.set(tape, recording);
    }
    try {
      recording.run();
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(reasonOf(error)));
      throw error;
    }
  }

  dispose(): void {
    this.#end(DISPOSED);
  }

  #end(reason: Error): void {
    this.#failure ??= this.#pool?.failure ?? reason;
    this.#pool?.dispose(reason);
  }

  #record(tape: Tape): Recording {
    const { length } = tape.operations;
    const program = programOf(this.kernels, tape, 0, 1);
    const alone = () => {
      for (const phase of program) runPhase(phase);
    };
    if (this.#pool === undefined || program.length === 0) return { length, run: alone };
    return { length, run: this.#auto ? this.#pool.tuned(tape, alone) : this.#pool.together(tape) };
  }
}
