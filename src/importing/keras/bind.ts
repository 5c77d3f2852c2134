/**
 * The arrays of files as the weights of Keras' layers.
 *
 * @module
 */

import { InputRangeError, listed, shown } from "../../errors.ts";
import { snakeCase } from "../../formats/keras-names.ts";
import type { WeightPair } from "../weight-fit.ts";
import type { FileArray, Hdf5Tree } from "./hdf5-tree.ts";
import type { KerasWeight } from "./keras-weight.ts";
import type { Part } from "./network.ts";

/** Result of giving weights to layers. */
export interface Bound {
  readonly pairs: readonly WeightPair[];
  /** Arrays of the file that no layer takes. */
  readonly unused: readonly string[];
}

/**
 * Gives an array to a weight.
 *
 * @throws RangeError if its shape is another one
 */
export function bind(who: string, weight: KerasWeight, { path, shape, values }: FileArray, pairs: WeightPair[]): void {
  if (shape.join() !== weight.shape.join()) {
    const expected = `[${weight.shape.join(", ")}] for ${shown(weight.ours ?? weight.name)}`;
    throw new InputRangeError(`${who}: array ${shown(path)}`, expected, `[${shape.join(", ")}]`, "shape-mismatch");
  }
  weight.take(values);
  if (weight.ours !== undefined) pairs.push({ weight: weight.ours, tensor: path });
}

/** Weights of a part in the order of Keras 1 and 2, trained ones first, each with the layer that has it. */
export function orderedWeights(part: Part): readonly { readonly layer: string; readonly weight: KerasWeight }[] {
  const all = (of: Part): readonly { layer: string; weight: KerasWeight }[] => [
    ...of.weights.map((weight) => ({ layer: of.name, weight })),
    ...of.parts.flatMap(all),
  ];
  const isTrained = (of: Part, trained: boolean): readonly { layer: string; weight: KerasWeight }[] => {
    if (!of.trainable) return trained ? [] : all(of);
    const own = of.weights.filter((weight) => weight.trained === trained);
    return [
      ...own.map((weight) => ({ layer: of.name, weight })),
      ...of.parts.flatMap((part) => isTrained(part, trained)),
    ];
  };
  return [...isTrained(part, true), ...isTrained(part, false)];
}

/**
 * Gives the arrays of an `.h5` file of any version to layers: a group for each layer of the outermost model, which lists its arrays.
 *
 * @param root path of the group that has them
 */
export async function bindLegacy(tree: Hdf5Tree, root: string, parts: readonly Part[]): Promise<Bound> {
  const { who } = tree;
  const at = (name: string) => (root === "" ? name : `${root}/${name}`);
  const pairs: WeightPair[] = [];
  const layers = tree.texts(root, "layer_names") ?? tree.names(root);
  const known = new Set<string>();
  for (const part of parts) {
    const weights = orderedWeights(part);
    known.add(part.name);
    if (weights.length === 0) continue;
    const names = tree.texts(at(part.name), "weight_names") ?? [];
    if (names.length !== weights.length) {
      const expected = `${weights.length} arrays for layer ${shown(part.name)}`;
      throw new InputRangeError(who, expected, `${names.length}`, "damaged-file");
    }
    const chosen = part.parts.length === 0 ? names : matched(names, weights);
    for (const [i, { weight }] of weights.entries()) {
      bind(who, weight, await tree.array(`${at(part.name)}/${chosen[i]}`), pairs);
    }
  }
  const unused = layers
    .filter((name) => !known.has(name))
    .flatMap((name) => (tree.texts(at(name), "weight_names") ?? []).map((weight) => `${at(name)}/${weight}`));
  return { pairs, unused };
}

/** Names of arrays in the order of weights: by the ends `layer/weight` where these tell all of them, else as they are. */
function matched(
  names: readonly string[],
  weights: readonly { readonly layer: string; readonly weight: KerasWeight }[],
): readonly string[] {
  const byEnd = new Map(names.map((name) => [name.replace(/:\d+$/, "").split("/").slice(-2).join("/"), name]));
  const found = weights.flatMap(({ layer, weight }) => byEnd.get(`${layer}/${weight.name}`) ?? []);
  return found.length === names.length && new Set(found).size === names.length ? found : names;
}

/** Groups of layers in files of version 3, and in the first ones of its format. */
export const CONTAINERS: readonly string[] = ["layers", "_layer_checkpoint_dependencies"];

/**
 * Gives the arrays of a `.weights.h5` of version 3 to layers: a group for each layer, named by its class and a number, in which arrays are
 * numbered.
 */
export async function bindNumbered(tree: Hdf5Tree, parts: readonly Part[]): Promise<Bound> {
  const pairs: WeightPair[] = [];
  const unused: string[] = [];
  const visit = async (inside: readonly Part[], path: string): Promise<void> => {
    const container = CONTAINERS.map((name) => path + name).find((group) => tree.hasGroup(group));
    if (container === undefined) {
      if (inside.some((part) => orderedWeights(part).length > 0)) {
        throw new InputRangeError(
          tree.who,
          `a group ${shown(`${path}layers`)}`,
          listed(tree.names("")),
          "damaged-file",
        );
      }
      return;
    }
    const groups = tree.names(container);
    const named = new Map(groups.map((group) => [tree.text(`${container}/${group}/vars`, "name"), group]));
    const counts = new Map<string, number>();
    const used = new Set<string>();
    for (const part of inside) {
      const kind = snakeCase(part.className);
      const count = counts.get(kind) ?? 0;
      counts.set(kind, count + 1);
      const counted = count === 0 ? kind : `${kind}_${count}`;
      const group = named.get(part.name) ?? [counted, part.name].find((name) => groups.includes(name)) ?? counted;
      const own = `${container}/${group}`;
      used.add(group);
      if (part.parts.length > 0) await visit(part.parts, `${own}/`);
      for (const [i, weight] of part.weights.entries()) {
        bind(tree.who, weight, await tree.array(`${own}/vars/${i}`), pairs);
      }
      const rest = part.parts.length > 0 ? [] : tree.names(`${own}/vars`).slice(part.weights.length);
      unused.push(...rest.map((name) => `${own}/vars/${name}`));
    }
    const others = groups.filter((group) => !used.has(group) && tree.names(`${container}/${group}/vars`).length > 0);
    unused.push(...others.map((group) => `${container}/${group}`));
  };
  await visit(parts, "");
  return { pairs, unused };
}
