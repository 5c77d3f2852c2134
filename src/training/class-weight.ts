import type { DatasetFacts } from "../data/dataset.ts";
import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { adviceOn } from "../options/meant.ts";
import type { ClassWeight } from "./class-weight-option.ts";

/**
 * The weight of each class of some images.
 *
 * @param classes outputs of the network
 * @param ignored label of images that do not count
 * @returns [classes]
 * @throws RangeError for a class that there is not, or a list of another length
 */
export function classWeights(
  weight: ClassWeight,
  data: DatasetFacts,
  classes: number,
  ignored: number | undefined,
): Float64Array {
  const who = "fit: classWeight";
  if (weight === "balanced") return balanced(who, data, classes, ignored);
  if (isList(weight)) {
    if (weight.length === classes) return Float64Array.from(weight);
    throw new InputRangeError(who, `${classes} weights, one for each class`, `${weight.length}`, "shape-mismatch");
  }
  const weights = new Float64Array(classes).fill(1);
  for (const [name, value] of Object.entries(weight)) weights[placeOf(who, name, data.classNames, classes)] = value;
  return weights;
}

function isList(weight: readonly number[] | object): weight is readonly number[] {
  return Array.isArray(weight);
}

/** The index of a class by its name, or by its index where no class is called so. */
function placeOf(who: string, name: string, names: readonly string[] = [], classes: number): number {
  const place = names.findIndex((each) => each.normalize() === name.normalize());
  const index = place < 0 && /^\d{1,5}$/.test(name) ? Number(name) : place;
  if (index >= 0 && index < classes) return index;
  const expected = names.length > 0 ? `classes among ${names.join(", ")}, or their indices` : `0 to ${classes - 1}`;
  throw new InputRangeError(who, expected, shown(name), "unknown-name", adviceOn(name, names));
}

function balanced(who: string, data: DatasetFacts, classes: number, ignored: number | undefined): Float64Array {
  const { labels, name } = data;
  if (labels === undefined) throw new InputTypeError(who, "class labels for balanced", `targets in ${name}`);
  const counts = new Float64Array(classes);
  for (const label of labels) if (label !== ignored) counts[label]++;
  const present = counts.filter((count) => count > 0).length;
  const images = counts.reduce((sum, count) => sum + count, 0);
  return Float64Array.from(counts, (count) => (count === 0 ? 1 : images / (present * count)));
}
