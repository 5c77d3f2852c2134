import { type Backend, type KernelTable, referenceBackend } from "../../bench/arena.ts";
import { expectationOf } from "../../bench/bound.ts";
import type { KernelCall } from "../../bench/calls/call.ts";
import { callsByKernel, networkCalls } from "../../bench/calls/index.ts";
import { findFault, type KernelFault } from "../../bench/kernel-faults.ts";
import { exactGradients, gradientFaults, type NetworkFault, threadFaults } from "../../bench/network-faults.ts";
import { CHECKED_NETWORKS } from "../../bench/small-networks.ts";
import type { EngineName, WasmEngine } from "../../engine/engine-names.ts";
import { instantiateKernels } from "../../engine/wasm.ts";

/** Something wrong, and on which file or engine it was found. */
export type Fault = (KernelFault | NetworkFault) & { readonly on: string };

/** Result of the checks of one file or engine. */
export interface Check {
  readonly check: "kernels" | "gradients" | "threads";
  /** The wasm files of an engine, for one thread or shared memory, or an engine. */
  readonly on: string;
  /** Kernel calls, or networks. */
  readonly count: number;
  readonly faults: readonly Fault[];
}

/** Callbacks and signal of a run of checks. */
export interface Watch {
  readonly signal: AbortSignal;
  /** Called with the name of what is being checked. */
  onProgress(name: string): void;
}

/** Lets the event loop handle signals and draw the status line; throws if the user has interrupted. */
async function yieldToEvents({ signal }: Watch): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}

/** 8 MiB: room for the largest call. */
const ELEMENTS = 1 << 21;
const PAGES = ELEMENTS / 16384;

/** Kernels to check, and what they are called. */
export interface Subject {
  readonly on: string;
  readonly backend: Backend;
}

/** The kernels of the wasm files of every engine in use, those for shared memory included, and of plain JavaScript. */
export async function kernelSubjects(engines: readonly EngineName[]): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const engine of engines) {
    if (engine === "js") {
      subjects.push({ on: engine, backend: referenceBackend("float32", ELEMENTS) });
    } else {
      const shared = typeof SharedArrayBuffer === "undefined" ? [] : [true];
      for (const isShared of [false, ...shared]) {
        const on = isShared ? `${engine}-shared` : engine;
        subjects.push({ on, backend: await wasmBackend(engine, isShared) });
      }
    }
  }
  return subjects;
}

/** The kernels of an engine's wasm files on memory of their own. */
export async function wasmBackend(engine: WasmEngine, shared: boolean): Promise<Backend> {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared });
  const { ...kernels }: KernelTable = { ...(await instantiateKernels({ engine, extra: true, shared }, memory)) };
  return { kernels, heap: new Float32Array(memory.buffer) };
}

/**
 * Holds kernels against the reference in float64, over the whole table of cases.
 *
 * @param wanted which kernels; default all
 */
export async function checkKernels(
  subjects: readonly Subject[],
  watch: Watch,
  wanted: (kernel: string) => boolean = () => true,
): Promise<Check[]> {
  const exact = referenceBackend("float64", ELEMENTS);
  const faults = new Map<string, Fault[]>(subjects.map(({ on }) => [on, []]));
  let count = 0;
  const check = (call: KernelCall, thorough: boolean) => {
    count++;
    const expectation = expectationOf(exact, call);
    for (const { on, backend } of subjects) {
      const fault = findFault(backend, call, expectation, thorough);
      if (fault !== undefined) faults.get(on)?.push({ ...fault, on });
    }
  };
  for (const [kernel, calls] of callsByKernel()) {
    if (!wanted(kernel)) continue;
    watch.onProgress(kernel);
    for (const call of calls) check(call, true);
    await yieldToEvents(watch);
  }
  for (const call of networkCalls().filter(({ kernel }) => wanted(kernel))) {
    watch.onProgress(call.kernel);
    check(call, false);
    await yieldToEvents(watch);
  }
  return [...faults].map(([on, found]) => ({ check: "kernels", on, count, faults: found }));
}

/** Holds the gradients of whole networks against central differences in float64, and every engine against those. */
export async function checkGradients(engines: readonly EngineName[], watch: Watch): Promise<Check[]> {
  const float64 = "js in float64";
  const faults = new Map<string, Fault[]>([float64, ...engines].map((on) => [on, []]));
  for (const network of CHECKED_NETWORKS) {
    watch.onProgress(network.name);
    const exact = await exactGradients(network);
    faults.get(float64)?.push(...exact.faults.map((fault) => ({ ...fault, on: float64 })));
    for (const engine of engines) {
      const found = await gradientFaults(network, { engine, threads: 1 }, exact.gradients);
      faults.get(engine)?.push(...found.map((fault) => ({ ...fault, on: engine })));
      await yieldToEvents(watch);
    }
  }
  const count = CHECKED_NETWORKS.length;
  return [...faults].map(([on, found]) => ({ check: "gradients", on, count, faults: found }));
}

/** Trains networks on one thread and on two, and compares bits. */
export async function checkThreads(engines: readonly EngineName[], watch: Watch): Promise<Check[]> {
  const checks: Check[] = [];
  for (const engine of engines) {
    if (engine === "js") continue;
    const found: Fault[] = [];
    for (const network of CHECKED_NETWORKS) {
      watch.onProgress(network.name);
      const faults = await threadFaults(network, { engine, threads: 2 });
      found.push(...faults.map((fault) => ({ ...fault, on: engine })));
      await yieldToEvents(watch);
    }
    checks.push({ check: "threads", on: engine, count: CHECKED_NETWORKS.length, faults: found });
  }
  return checks;
}
