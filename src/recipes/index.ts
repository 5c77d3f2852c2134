// Two lists. A network is an architecture with plain settings, for `--model` and the benchmark. A recipe is a whole
// experiment with data split, initialisation and schedule. The notebooks' recipes bear the names of the networks whose
// shapes they share.

import { batchnorm } from "./batchnorm.ts";
import { best } from "./best.ts";
import { cifar10 } from "./cifar10.ts";
import { conv5 } from "./conv5.ts";
import { conv8 } from "./conv8.ts";
import { conv10 } from "./conv10.ts";
import { densenet } from "./densenet.ts";
import { efficientnetLite0 } from "./efficientnet-lite.ts";
import { fashion } from "./fashion.ts";
import { mobilenetV2 } from "./mobilenet-v2.ts";
import { mobilenetV3Small } from "./mobilenet-v3-small.ts";
import { PLAIN_NETWORKS } from "./networks.ts";
import { photos } from "./photos.ts";
import type { Recipe } from "./recipe.ts";
import { resnet18 } from "./resnet18.ts";
import { shufflenetV2 } from "./shufflenet-v2.ts";
import { speed99 } from "./speed99.ts";
import { squeezenet } from "./squeezenet.ts";
import { strided } from "./strided.ts";

/** Networks whose batches take seconds to measure at most: the benchmark's default. */
export const SMALL_NETWORKS: readonly Recipe[] = [speed99, ...PLAIN_NETWORKS];

/** The built-in networks, each with plain settings; the first is the default. */
export const NETWORKS: readonly Recipe[] = [
  ...SMALL_NETWORKS,
  resnet18,
  mobilenetV2,
  mobilenetV3Small,
  shufflenetV2,
  squeezenet,
  densenet,
  efficientnetLite0,
];

/** The recipes of the five NumPy notebooks. */
export const NOTEBOOKS: readonly Recipe[] = [strided, batchnorm, conv8, conv5, conv10];

/** All built-in recipes; the first is the default. */
export const RECIPES: readonly Recipe[] = [speed99, photos, best, fashion, cifar10, ...NOTEBOOKS];

/**
 * The built-in network of a name, such as `lenet5`; undefined if there is none.
 *
 * @example
 * const layers = findNetwork("lenet5")?.layers(10); // for ten classes
 */
export function findNetwork(name: string): Recipe | undefined {
  return NETWORKS.find((network) => network.name === name);
}

/**
 * The built-in recipe of a name, such as `speed99`; undefined if there is none.
 *
 * @example
 * const epochs = findRecipe("speed99")?.epochs;
 */
export function findRecipe(name: string): Recipe | undefined {
  return RECIPES.find((recipe) => recipe.name === name);
}
