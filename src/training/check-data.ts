import type { DatasetFacts } from "../data/dataset.ts";
import type { ClassLabels } from "../data/pixels.ts";
import { InputRangeError, InputTypeError, listed, shown } from "../errors.ts";
import type { Loss } from "../model/contracts.ts";
import type { Network } from "../model/network.ts";

/** Throws unless the data set's images and targets are what the network and its loss take. */
export function checkData({ architecture, loss }: Network, data: DatasetFacts, who: string): void {
  if (!Array.isArray(data?.shape)) {
    throw new InputTypeError(who, "a data set as createDataset makes them", shown(data));
  }
  const { shape } = architecture.input;
  if (shape.join() !== data.shape.join()) {
    throw new InputRangeError(who, `images of shape [${shape}]`, `[${data.shape}] in ${data.name}`, "shape-mismatch");
  }
  if (loss === undefined) throw new InputTypeError(who, "a model compiled with a loss", "none", "wrong-time");
  const { outputs } = architecture;
  // They come with the pixels, and are looked at then.
  if ((data.labels ?? data.targets) === undefined && data.classes <= outputs) return;
  if (loss.classes) {
    if (data.labels === undefined) checkShares(data, loss, outputs, who);
    else checkLabels(data.labels, data.classes, loss, outputs, who);
    return;
  }
  if (data.targets === undefined) {
    throw new InputTypeError(who, `targets for the loss ${loss.config.type}`, `class labels in ${data.name}`);
  }
  if (data.classes !== outputs) {
    throw new InputRangeError(
      who,
      `${outputs} targets per image, the model's outputs`,
      `${data.classes}`,
      "shape-mismatch",
    );
  }
}

/** Throws unless there is an output for each label that counts. */
function checkLabels(labels: ClassLabels, classes: number, { ignoreIndex }: Loss, outputs: number, who: string): void {
  const most = ignoreIndex === undefined ? classes : highestCounting(labels, ignoreIndex) + 1;
  if (most > outputs) throw new InputRangeError(who, `at most ${outputs} classes, the model's outputs`, `${most}`);
}

/** The highest label but for one. */
function highestCounting(labels: ClassLabels, ignored: number): number {
  let highest = 0;
  for (const label of labels) if (label !== ignored && label > highest) highest = label;
  return highest;
}

/** The most by which the shares of an image may miss 1 together. */
const ROUNDING = 1e-3;

/** Most shares that an error lists. */
const LISTED = 8;

/** Throws unless the loss takes a share of each class, and the targets are such. */
function checkShares({ targets, classes, name }: DatasetFacts, loss: Loss, outputs: number, who: string): void {
  if (targets === undefined || loss.softSmoothing === undefined) {
    throw new InputTypeError(who, `class labels for the loss ${loss.config.type}`, `targets in ${name}`);
  }
  if (classes !== outputs) {
    throw new InputRangeError(who, `${outputs} targets per image, the model's outputs`, `${classes}`, "shape-mismatch");
  }
  for (let begin = 0; begin < targets.length; begin += classes) {
    const shares = targets.subarray(begin, begin + classes);
    const sum = shares.reduce((total, share) => total + share, 0);
    if (shares.every((share) => share >= 0) && Math.abs(sum - 1) <= ROUNDING) continue;
    const expected = `class labels, or targets from 0 on that are 1 together, for the loss ${loss.config.type}`;
    const got = listed(
      Array.from(shares, (share) => String(Number(share.toPrecision(3)))),
      LISTED,
    );
    throw new InputTypeError(who, expected, `[${got}] of image ${begin / classes} in ${name}`);
  }
}
