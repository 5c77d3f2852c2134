/**
 * Tensors of another program's file as the weights of a network: by names, by a mapping, or by order and shape.
 *
 * @module
 */

import { InputRangeError, listed } from "../errors.ts";
import type { ForeignTensor } from "../formats/foreign-tensor.ts";
import type { ForeignWeights } from "./foreign-model.ts";
import type { WeightFit, WeightMapping, WeightPair } from "./weight-fit.ts";
import type { WeightLayout, WeightLayouts } from "./weight-layout.ts";

/** Name of the number of batches in PyTorch's batch normalisation, which nothing here uses. */
const COUNTER = "num_batches_tracked";

/** Names that programs put in front of all others where a network is wrapped. */
const WRAPPERS = /^(module|_orig_mod|model)\./;

/** Most names that an error tells of each list. */
const MOST_NAMES = 5;

/** Tensors of a module by their names within it. */
type Module = ReadonlyMap<string, ForeignTensor>;

/**
 * Finds a tensor for each weight.
 *
 * A layer takes the module that `mapping` names; else the one of the name that the program gives it; else the first of those left in the
 * file's order that has its tensors, no more and no fewer, in the shapes that they have there.
 *
 * @param isPartial true: weights without a tensor, and tensors without a weight, are listed; false: they are an error
 * @throws RangeError if shapes differ, a name is unknown, or something is left over
 */
export function fitWeights(
  who: string,
  { program, tensors, layouts, isOrdered, nameOf }: ForeignWeights,
  {
    mapping = {},
    isPartial = false,
  }: { readonly mapping?: WeightMapping | undefined; readonly isPartial?: boolean } = {},
): WeightFit {
  const fit = new Fit(who, tensors);
  checkMapping(who, mapping, layouts, fit);
  for (const [path, weights] of layouts) {
    const named = mapping[path] ?? nameOf(path);
    if (weights.some(({ name }) => mapping[name] !== undefined)) {
      for (const weight of weights) fit.takeTensor(weight, mapping[weight.name]);
    } else if (fit.modules.has(named)) fit.takeModule(weights, named);
  }
  for (const weights of layouts.values()) fit.takeNext(weights, isOrdered);
  const missing = [...layouts.values()].flat().filter(({ name }) => !fit.values.has(name));
  const unused = fit.unused();
  if (!isPartial && missing.length + unused.length > 0) throw leftOver(who, program, missing, unused, fit);
  return { values: fit.values, pairs: fit.pairs, missing: missing.map(({ name }) => name), unused };
}

/** The search for a tensor for each weight: the weights found so far, and the tensors that nothing has taken. */
class Fit {
  readonly values = new Map<string, Float32Array>();
  readonly pairs: WeightPair[] = [];
  readonly modules = new Map<string, Map<string, ForeignTensor>>();
  readonly tensors: ReadonlyMap<string, ForeignTensor>;
  readonly #who: string;
  readonly #used = new Set<string>();
  readonly #free: Set<string>;

  constructor(who: string, tensors: readonly ForeignTensor[]) {
    this.#who = who;
    const isWrapped = tensors.length > 0 && tensors.every(({ name }) => WRAPPERS.test(name));
    const nameOf = ({ name }: ForeignTensor) => (isWrapped ? name.replace(WRAPPERS, "") : name);
    this.tensors = new Map(tensors.map((tensor) => [nameOf(tensor), tensor]));
    for (const [name, tensor] of this.tensors) {
      const at = Math.max(name.lastIndexOf("."), name.lastIndexOf("/"));
      const path = at < 0 ? "" : name.slice(0, at);
      const module = this.modules.get(path) ?? new Map<string, ForeignTensor>();
      this.modules.set(path, module.set(name.slice(at + 1), tensor));
    }
    this.#free = new Set(this.modules.keys());
  }

  /** Takes a module whose name says that it is the layer's; a tensor that it lacks is missing. */
  takeModule(weights: readonly WeightLayout[], path: string): void {
    const module = this.modules.get(path);
    if (module === undefined) return;
    this.#free.delete(path);
    for (const weight of weights) {
      const tensor = module.get(weight.theirs);
      if (tensor !== undefined) this.#take(weight, tensor);
    }
    const counter = module.get(COUNTER);
    if (counter !== undefined) this.#used.add(counter.name);
  }

  takeTensor(weight: WeightLayout, name: string | undefined): void {
    const tensor = name === undefined ? undefined : this.tensors.get(name);
    if (tensor !== undefined) this.#take(weight, tensor);
  }

  /** Takes the first module that nothing has taken and that fits, for a layer that has none yet. */
  takeNext(weights: readonly WeightLayout[], isOrdered: boolean): void {
    if (weights.some(({ name }) => this.values.has(name))) return;
    const fitting = [...this.#free].filter((path) => {
      const module = this.modules.get(path);
      return module !== undefined && fits(weights, module);
    });
    if (fitting.length > 1 && !isOrdered) {
      const expected = `one layer of the file that fits ${JSON.stringify(weights[0].name)}, as their order is not known`;
      const advice = "a mapping tells which is which";
      throw new InputRangeError(this.#who, expected, listed(fitting, MOST_NAMES), "contradiction", { advice });
    }
    if (fitting.length > 0) this.takeModule(weights, fitting[0]);
  }

  #take(weight: WeightLayout, tensor: ForeignTensor): void {
    if (tensor.shape.join() !== weight.theirShape.join()) {
      const expected = `[${weight.theirShape.join(", ")}] for ${JSON.stringify(weight.name)}`;
      const got = `[${tensor.shape.join(", ")}]`;
      throw new InputRangeError(`${this.#who}: tensor ${JSON.stringify(tensor.name)}`, expected, got, "shape-mismatch");
    }
    const given = tensor.floats();
    this.values.set(
      weight.name,
      Float32Array.from(given, (_, index) => given[weight.source(index)]),
    );
    this.pairs.push({ weight: weight.name, tensor: tensor.name });
    this.#used.add(tensor.name);
  }

  unused(): string[] {
    return [...this.tensors.values()].filter(({ name }) => !this.#used.has(name)).map(({ name }) => name);
  }
}

/** True if a module has just a layer's tensors, in their shapes. */
function fits(weights: readonly WeightLayout[], module: Module): boolean {
  const count = module.size - (module.has(COUNTER) ? 1 : 0);
  return (
    count === weights.length &&
    weights.every(({ theirs, theirShape }) => module.get(theirs)?.shape.join() === theirShape.join())
  );
}

function checkMapping(who: string, mapping: WeightMapping, layouts: WeightLayouts, { modules, tensors }: Fit): void {
  const weights = new Set([...layouts.values()].flat().map(({ name }) => name));
  for (const [ours, theirs] of Object.entries(mapping)) {
    if (!layouts.has(ours) && !weights.has(ours)) {
      const known = listed([...layouts.keys()], MOST_NAMES);
      throw new InputRangeError(`${who}: mapping`, `layers or weights of the network (${known})`, ours, "unknown-name");
    }
    const there: ReadonlyMap<string, unknown> = layouts.has(ours) ? modules : tensors;
    if (!there.has(theirs)) {
      const known = listed([...there.keys()], MOST_NAMES);
      throw new InputRangeError(`${who}: mapping ${JSON.stringify(ours)}`, `one of ${known}`, theirs, "unknown-name");
    }
  }
}

/** The error of a file whose tensors do not fit the network. */
function leftOver(
  who: string,
  program: string,
  missing: readonly WeightLayout[],
  unused: readonly string[],
  { tensors }: Fit,
): InputRangeError {
  const shapes = new Map([...tensors.values()].map(({ name, shape }) => [name, `${name} [${shape.join(", ")}]`]));
  const wanted = missing.map(({ name, theirShape }) => `${name} [${theirShape.join(", ")}]`);
  const parts = [
    ...(missing.length > 0 ? [`none for ${listed(wanted, MOST_NAMES)}`] : []),
    ...(unused.length > 0
      ? [
          `no use for ${listed(
            unused.map((name) => shapes.get(name) ?? name),
            MOST_NAMES,
          )}`,
        ]
      : []),
  ];
  return new InputRangeError(
    who,
    `one tensor for each weight, in ${program}'s shapes`,
    parts.join(", and "),
    "shape-mismatch",
    {
      advice: "a mapping tells which is which, partial takes what fits",
    },
  );
}
