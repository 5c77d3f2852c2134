import { engineChoice, heapBytes } from "../engine/engine.ts";
import type { EngineName } from "../engine/engine-names.ts";
import type { MemoryPlan, RegionKind } from "../engine/plan.ts";
import type { Architecture } from "./architecture.ts";
import { expectTrained } from "./freezing.ts";
import type { NetworkOptions } from "./layout.ts";
import { planLayout } from "./memory-plan.ts";

/** Use of a compiled model's memory. */
export interface MemoryUse {
  /** The engine whose layout it is. */
  readonly engine: EngineName;
  /** Images per step. */
  readonly batchSize: number;
  /** Bytes by kind of region. */
  readonly bytes: Readonly<Record<RegionKind, number>>;
  /** Bytes of the whole heap, gaps included. */
  readonly total: number;
}

/** The use of a plan's memory, by numbers of `width` bytes. */
export function memoryUse(
  plan: MemoryPlan,
  width: number,
  { engine, batchSize, total }: Omit<MemoryUse, "bytes">,
): MemoryUse {
  const elements = plan.sizes();
  const bytes = {
    parameters: elements.parameters * width,
    gradients: elements.gradients * width,
    optimizer: elements.optimizer * width,
    input: elements.input * width,
    packed: elements.packed * width,
    activations: elements.activations * width,
    scratch: elements.scratch * width,
  };
  return { engine, batchSize, bytes, total };
}

/** Computes the memory that a network will take, without allocating it. */
export function planMemory(architecture: Architecture, options: Omit<NetworkOptions, "seed">): MemoryUse {
  if (options.optimizer !== undefined) expectTrained(architecture, "compile");
  const choice = engineChoice(options);
  const { layout, elements } = planLayout(architecture, options, choice.threads);
  const { engine, precision } = choice;
  const width = precision === "float64" ? 8 : 4;
  const total = heapBytes(elements, choice);
  return memoryUse(layout.plan, width, { engine, batchSize: options.batchSize, total });
}
