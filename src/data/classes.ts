/**
 * Classes of data sets and models, which are matched by their names.
 *
 * @module
 */

import { InputRangeError, listed } from "../errors.ts";
import type { AnyDataset, Dataset, DatasetFacts } from "./dataset.ts";
import type { ClassLabels } from "./pixels.ts";

/** Most names of classes that an error or a note lists. */
const LISTED = 8;

/** Names as text; of many, the first ones. */
export function listOf(names: readonly string[]): string {
  return listed(
    names.map((name) => JSON.stringify(name)),
    LISTED,
  );
}

/**
 * The place of each name among others. Names compare in Unicode's form NFC.
 *
 * @param known the names to search
 * @param what stands in errors for those, such as "the model"
 * @returns -1 for names that are not found
 * @throws RangeError if a name stands twice, and the lists differ
 */
export function placesOf(names: readonly string[], known: readonly string[], who: string, what: string): number[] {
  const [own, other] = [names, known].map((list) => list.map((name) => name.normalize()));
  if (own.length === other.length && own.every((name, i) => name === other[i])) return own.map((_, i) => i);
  const places = new Map(other.map((name, i) => [name, i]));
  const twice = places.size < other.length && other.find((name, i) => places.get(name) !== i && own.includes(name));
  if (typeof twice === "string") {
    throw new InputRangeError(who, `classes of ${what} with different names`, `${listOf([twice])} twice`);
  }
  return own.map((name) => places.get(name) ?? -1);
}

/**
 * A data set with its labels in the order of a model's classes; classes with equal names are equal. Classes that the
 * data lacks do not matter, nor do further ones without an image. Where one side has no names, the places count.
 *
 * @param names the model's classes
 * @param who stands in error messages
 * @returns the data set itself where nothing has to move; else one with the model's names, that shares its pixels
 * @throws RangeError, with both lists, if images are of a class that the model does not have
 *
 * @example
 * const test = createDataset({ shape: [1, 1, 1], images: Uint8Array.of(9), labels: Uint8Array.of(0), classNames: ["dog"] });
 * matchClasses(test, ["cat", "dog"], "example").labels; // 1
 */
export function matchClasses(data: Dataset, names: readonly string[] | undefined, who: string): Dataset;
export function matchClasses(data: AnyDataset, names: readonly string[] | undefined, who: string): AnyDataset;
export function matchClasses(data: AnyDataset, names: readonly string[] | undefined, who: string): AnyDataset {
  const own = data?.classNames;
  if (names === undefined || own === undefined || own === names) return data;
  const places = placesOf(own, names, who, "the model");
  if (own.length === names.length && places.every((place, i) => place === i)) return data;
  const { labels, classes, name } = data;
  const used = labels && usedClasses(labels, classes);
  const unknown = own.filter((_, i) => places[i] < 0 && used?.[i] !== false);
  // Every output needs a target.
  const isWhole = labels !== undefined || new Set(places).size === names.length;
  if (unknown.length > 0 || !isWhole) {
    const got = unknown.length > 0 ? listOf(unknown) : "only some of them";
    throw new InputRangeError(
      who,
      `classes of the model (${listOf(names)})`,
      `${got} in ${name} (${listOf(own)})`,
      "unknown-name",
    );
  }
  const moved = (some: Partial<Pick<DatasetFacts, "labels" | "targets">>) => ({
    labels: some.labels && movedLabels(some.labels, places, names.length),
    targets: some.targets && movedTargets(some.targets, places, names.length),
  });
  const matched = { ...data, ...moved(data), classes: names.length, classNames: names };
  return "read" in matched ? { ...matched, ...matched.changedBy(moved) } : matched;
}

function movedLabels(labels: ClassLabels, places: readonly number[], classes: number): ClassLabels {
  const moved = classes > 256 ? new Uint16Array(labels.length) : new Uint8Array(labels.length);
  for (let i = 0; i < labels.length; i++) moved[i] = places[labels[i]];
  return moved;
}

/** Targets in the order of a model's classes, with 0 for classes that the data lacks. */
function movedTargets(targets: Float32Array, places: readonly number[], classes: number): Float32Array {
  const width = places.length;
  const moved = new Float32Array((targets.length / width) * classes);
  for (const [i, value] of targets.entries()) {
    if (places[i % width] >= 0) moved[Math.floor(i / width) * classes + places[i % width]] = value;
  }
  return moved;
}

function usedClasses(labels: ClassLabels, classes: number): boolean[] {
  const used = new Array<boolean>(classes).fill(false);
  for (const label of labels) used[label] = true;
  return used;
}

/**
 * A note on the classes of which a data set has no image, for people; undefined where it has all.
 *
 * @param what the images, such as "the images to test on"
 */
export function missingClasses({ labels, classes, classNames }: DatasetFacts, what: string): string | undefined {
  if (labels === undefined) return undefined;
  const used = usedClasses(labels, classes);
  const missing = used.flatMap((is, label) => (is ? [] : [classNames?.[label] ?? String(label)]));
  return missing.length === 0
    ? undefined
    : `${what} have none of ${missing.length > 1 ? "the classes" : "the class"} ${listOf(missing)}`;
}
