import { alignedSize, type MemoryPlan, type Region } from "../engine/plan.ts";
import type { Heap } from "../engine/reference/heap.ts";
import { InputRangeError, listed } from "../errors.ts";
import type { NodeParameter } from "../graph/graph.ts";
import { initialize } from "../layers/initializers.ts";
import type { ParameterPlace } from "../layers/placed-layer.ts";
import { sizeOf } from "../layers/shape.ts";
import { RandomStream } from "../numeric/random.ts";

/** A run of neighbouring elements. */
export interface ElementRange {
  readonly offset: number;
  readonly count: number;
}

/** A parameter and its place. */
export interface Parameter extends ParameterPlace {
  readonly spec: NodeParameter;
}

/**
 * Places parameters one after the other: those with weight decay, those without, running statistics, and frozen ones.
 * Each group is one run of elements, for the optimizer and for copies; gradients and optimizer state lie in the same
 * order.
 */
export class Parameters {
  readonly list: readonly Parameter[];
  readonly #byName: ReadonlyMap<string, Parameter>;
  readonly #slots: readonly Region[];

  /** @param slots numbers that the optimizer keeps for each trained element */
  constructor(specs: readonly NodeParameter[], plan: MemoryPlan, training: boolean, slots: number) {
    const kernels = specs.filter(isDecayed);
    const rest = specs.filter(isFree);
    const ordered = [...kernels, ...rest, ...specs.filter(isStatistic), ...specs.filter(({ frozen }) => frozen)];
    this.list = ordered.map((spec) => ({
      spec,
      value: plan.reserve(spec.name, "parameters", sizeOf(spec.shape)),
      gradient:
        training && spec.trained ? plan.reserve(`${spec.name} gradient`, "gradients", sizeOf(spec.shape)) : undefined,
    }));
    this.#byName = new Map(this.list.map((parameter) => [parameter.spec.name, parameter]));
    const trained = aligned([...kernels, ...rest]);
    this.#slots = Array.from({ length: slots }, (_, i) => plan.reserve(`optimizer ${i}`, "optimizer", trained));
  }

  /** @throws RangeError naming the parameters there are */
  get(name: string): Parameter {
    const parameter = this.#byName.get(name);
    if (parameter !== undefined) return parameter;
    const known = [...this.#byName.keys()];
    throw new InputRangeError("weights", `one of ${listed(known)}`, `"${name}"`, "unknown-name");
  }

  /**
   * All values with the gaps between them, as one run: a copy of it is a copy of the model, for networks with the same
   * frozen layers.
   */
  get values(): ElementRange {
    return { offset: this.#first(), count: this.#count(() => true) };
  }

  /** The run of all values that training changes: all but frozen ones. */
  get moving(): ElementRange {
    return { offset: this.#first(), count: this.#count(({ frozen }) => !frozen) };
  }

  /** The run of values that decay, and the run of those that do not. */
  get trained(): { decayed: ElementRange; free: ElementRange } {
    const decayed = this.#count(isDecayed);
    const free = this.#count(isFree);
    const offset = this.#first();
    return { decayed: { offset, count: decayed }, free: { offset: offset + decayed, count: free } };
  }

  /** The run of statistics, which training changes without an optimizer. */
  get statistics(): ElementRange {
    const { offset, count } = this.trained.free;
    return { offset: offset + count, count: this.#count(isStatistic) };
  }

  /** The run of all gradients, in the order of the values; none in a network that is not trained. */
  get gradients(): ElementRange {
    const { decayed, free } = this.trained;
    return { offset: decayed.offset + this.gradientShift, count: decayed.count + free.count };
  }

  /**
   * The trained values as runs for the optimizer, without some kernels that are updated elsewhere.
   *
   * @param elsewhere in any order
   */
  updated(elsewhere: readonly Region[]): readonly (ElementRange & { readonly decays: boolean })[] {
    const { decayed, free } = this.trained;
    const runs: ElementRange[] = [];
    let { offset } = decayed;
    for (const kernel of [...elsewhere].sort((a, b) => a.offset - b.offset)) {
      runs.push({ offset, count: kernel.offset - offset });
      offset = kernel.offset + alignedSize(kernel.size);
    }
    runs.push({ offset, count: decayed.offset + decayed.count - offset });
    const all = [...runs.map((run) => ({ ...run, decays: true })), { ...free, decays: false }];
    return all.filter(({ count }) => count > 0);
  }

  /** Distance from a trained value to its gradient. */
  get gradientShift(): number {
    return (this.list[0]?.gradient?.offset ?? 0) - this.#first();
  }

  /** Distance from a trained value to its element in each of the optimizer's slots. */
  get slotShifts(): number[] {
    return this.#slots.map(({ offset }) => offset - this.#first());
  }

  /** Gives every parameter its initial value, from the stream of its own name. */
  initialize(heap: Heap, seed: number): void {
    for (const { spec, value } of this.list) {
      const target = heap.subarray(value.offset, value.offset + value.size);
      initialize(target, spec.initializer, spec.fans, RandomStream.from(seed, `initialize/${spec.name}`));
    }
  }

  #first(): number {
    return this.list[0]?.value.offset ?? 0;
  }

  /** Elements, with the gaps between them, of the parameters that fit a condition, which are neighbours. */
  #count(fits: (spec: NodeParameter) => boolean): number {
    return aligned(this.list.map(({ spec }) => spec).filter(fits));
  }
}

function isDecayed({ trained, role }: NodeParameter): boolean {
  return trained && role === "kernel";
}

function isFree({ trained, role }: NodeParameter): boolean {
  return trained && role !== "kernel";
}

/** True for a running statistic that training changes. */
function isStatistic({ trained, frozen }: NodeParameter): boolean {
  return !trained && !frozen;
}

/** Elements of parameters with the gaps that the plan leaves between them. */
function aligned(specs: readonly NodeParameter[]): number {
  return specs.reduce((sum, { shape }) => sum + alignedSize(sizeOf(shape)), 0);
}
