/**
 * Pictures with several labels each. Up to the data sets, a picture's class is its set of labels; then each label is a class of its own.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { listOf } from "../classes.ts";
import type { ClassLabels } from "../pixels.ts";
import { type ClassFolders, type ClassPicture, compareText } from "./class-folders.ts";

/** The name of a set of labels: equal for equal sets. */
export function setName(labels: Iterable<string>): string {
  return JSON.stringify([...new Set(labels)].sort(compareText));
}

/** The labels of a set by its name. */
export function labelsIn(name: string): string[] {
  const labels: unknown = JSON.parse(name);
  return Array.isArray(labels) ? labels.map(String) : [];
}

/** The sets of labels of all pictures, and the labels themselves. */
export interface LabelSets {
  /** Names of the labels that pictures to train on have, in order. */
  readonly classNames: readonly string[];
  /** Names of the sets of all parts. */
  readonly setNames: readonly string[];
  /** For each set the places of its labels. */
  readonly labelSets: readonly (readonly number[])[];
}

/**
 * The labels of pictures.
 *
 * @param inOrder puts names of classes in order
 * @throws RangeError if a picture has a label that those to train on have not, or these have none at all
 */
export function labelSetsOf(
  { train, test, validation }: ClassFolders,
  inOrder: (names: readonly string[]) => string[],
): LabelSets {
  const sets = (pictures: readonly ClassPicture[]) => [...new Set(pictures.map(({ className }) => className))];
  const known = sets(train.length > 0 ? train : test.length > 0 ? test : validation).flatMap(labelsIn);
  const classNames = inOrder([...new Set(known)]);
  if (classNames.length === 0) throw new InputRangeError("readImages", "a label for some pictures", "none", "missing");
  const places = new Map(classNames.map((name, i) => [name, i]));
  const all = [...train, ...test, ...validation];
  const setNames = sets(all);
  const labelSets = setNames.map((name) =>
    labelsIn(name).map((label) => {
      const place = places.get(label);
      if (place !== undefined) return place;
      const stray = all.find(({ className }) => className === name)?.file.name;
      const expected = `a label of the training (${listOf(classNames)})`;
      throw new InputRangeError(`readImages ${JSON.stringify(stray)}`, expected, listOf([label]), "unknown-name");
    }),
  );
  return { classNames, setNames, labelSets };
}

/** `[n, classes]`: 1 for each label that an image has, else 0. */
export function labelTargets(
  sets: ClassLabels,
  labelSets: readonly (readonly number[])[],
  classes: number,
): Float32Array {
  const targets = new Float32Array(sets.length * classes);
  for (let i = 0; i < sets.length; i++) for (const label of labelSets[sets[i]]) targets[i * classes + label] = 1;
  return targets;
}
