import { InputRangeError } from "../errors.ts";

/**
 * Throws unless all numbers of images are finite.
 *
 * @param who complains
 * @param what the numbers are, such as "pixels"
 * @param perImage how many numbers an image has
 * @throws RangeError that names the first other number and its image
 */
export function checkFinite(who: string, what: string, values: ArrayLike<number>, perImage: number): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    const image = Math.floor(i / perImage);
    throw new InputRangeError(who, `finite ${what}`, `${values[i]} at index ${i} (image ${image})`);
  }
}
