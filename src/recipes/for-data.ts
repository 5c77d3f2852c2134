import type { Dataset } from "../data/dataset.ts";
import { sgd } from "../training/optimizers.ts";
import { photos } from "./photos.ts";
import type { Recipe } from "./recipe.ts";
import { speed99 } from "./speed99.ts";

/** Rows and columns up to which grey images count as small, as those of MNIST are. */
const SMALL = 40;

/** Number of small grey images that a run trains on, repetitions counted, which decides on its epochs. */
const SMALL_SHOWN = 20_000;
const MOST_SMALL_EPOCHS = 100;

/** Number of small grey images up to which batches are smaller, which gives more steps, and the learning rate is lower in proportion. */
const FEW = 10_000;
const FOR_FEW = {
  batchSize: 32,
  optimizer: sgd({ learningRate: 0.25, momentum: 0.9, nesterov: true, weightDecay: 0.004 }),
};

/** Images that the recipe for photographs is shown in all: few are shown often, many a few times. */
const SHOWN = 15_000;
const LEAST_EPOCHS = 5;
const MOST_EPOCHS = 60;

/** Number of photographs from which on a network with twice the filters does not overfit. */
const MANY = 2000;
const FOR_MANY = { filters: 16, dropout: 0.2 };

/** Side of the square that cutout blanks, as a share of the image's. */
const CUTOUT = 3 / 8;

/**
 * The recipe for a data set where nobody names one: `speed99` for small grey images, with epochs and batches for as many of them;
 * `photos` for others, with epochs, filters and augmentation for as many images of such a size.
 *
 * @example
 * const { train, test } = await readData(files, { size: "auto" });
 * const { model } = await runRecipe(recipeFor(train), { train, test });
 */
export function recipeFor({ shape: [height, width, channels], length }: Pick<Dataset, "shape" | "length">): Recipe {
  if (channels === 1 && Math.max(height, width) <= SMALL) {
    const epochs = Math.min(MOST_SMALL_EPOCHS, Math.max(1, Math.round(SMALL_SHOWN / length)));
    return epochs === 1 ? speed99 : { ...speed99, epochs, ...(length < FEW && FOR_FEW) };
  }
  return {
    ...photos,
    epochs: Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.round(SHOWN / length))),
    ...(length >= MANY && { variables: FOR_MANY }),
    augment: { ...photos.augment, cutout: Math.round(CUTOUT * Math.min(height, width)) },
  };
}
