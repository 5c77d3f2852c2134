import { permutation, type RandomStream } from "../numeric/random.ts";

/** True for targets of 0 and 1 alone, as those of images with any number of labels are. */
export function areLabels(targets: Float32Array): boolean {
  return targets.every((value) => value === 0 || value === 1);
}

/**
 * Draws images with any number of labels so that each label gives its share: iterative stratification (Sechidis, Tsoumakas and Vlahavas,
 * 2011). The label that the fewest images are left of comes first; an image goes where more of that label are still wanted.
 *
 * @param targets `[n, classes]` of 0 and 1
 * @param count number of images to draw
 * @returns 1 for each image that is drawn, else 0
 */
export function drawPerLabel(targets: Float32Array, classes: number, count: number, stream: RandomStream): Uint8Array {
  const n = targets.length / classes;
  const isDrawn = new Uint8Array(n);
  const order = permutation(n, stream);
  const left = new Float64Array(classes);
  for (let i = 0; i < targets.length; i++) left[i % classes] += targets[i];
  const shares = [1 - count / n, count / n];
  /** Images that each of the two parts still wants, in all and of each label. */
  const wanted = [n - count, count];
  const wantedOf = shares.map((share) => left.map((images) => share * images));
  const isDone = new Uint8Array(n);
  const give = (image: number, label: number | undefined) => {
    const more = label === undefined ? 0 : wantedOf[1][label] - wantedOf[0][label];
    let part = more > 0 || (more === 0 && wanted[1] * shares[0] > wanted[0] * shares[1]) ? 1 : 0;
    if (wanted[part] <= 0) part = 1 - part;
    wanted[part] -= 1;
    isDrawn[image] = part;
    isDone[image] = 1;
    for (let c = 0; c < classes; c++) {
      if (targets[image * classes + c] === 0) continue;
      left[c] -= 1;
      wantedOf[part][c] -= 1;
    }
  };
  for (;;) {
    let rarest: number | undefined;
    for (let c = 0; c < classes; c++) if (left[c] > 0 && (rarest === undefined || left[c] < left[rarest])) rarest = c;
    if (rarest === undefined) break;
    for (const image of order) if (isDone[image] === 0 && targets[image * classes + rarest] === 1) give(image, rarest);
  }
  for (const image of order) if (isDone[image] === 0) give(image, undefined);
  return isDrawn;
}
