import { type InputOptions, type Layer, NETWORKS, RECIPES, type Recipe } from "convasm";

/** A layer as files describe it: its type and options. */
export type LayerConfig = Layer["config"];

/** Scaling of pixels, whatever the shape of the images. */
export type Scaling = Omit<InputOptions, "shape">;

/** A network on paper, which the editor changes. */
export interface NetworkDraft {
  /** For people and file names. */
  readonly name: string;
  readonly scaling: Scaling;
  readonly layers: readonly LayerConfig[];
  /** Names of the layers whose outputs it gives; undefined for the last one's. */
  readonly outputs?: readonly string[] | undefined;
  /** True if it was changed by hand since it was chosen. */
  readonly isEdited: boolean;
}

/** Shape and classes of the images that a network is made for. */
export interface ImageKind {
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly classes: number;
}

/** Something to choose: a built-in network or a whole recipe. */
export interface NetworkChoice {
  /** Unique among all choices: a recipe may bear the name of a network. */
  readonly key: string;
  readonly group: "Networks" | "Recipes";
  readonly recipe: Recipe;
}

/** All built-in networks and recipes; the first is the default. */
export const CHOICES: readonly NetworkChoice[] = [
  ...NETWORKS.map((recipe): NetworkChoice => ({ key: `network:${recipe.name}`, group: "Networks", recipe })),
  ...RECIPES.filter((recipe) => !NETWORKS.includes(recipe)).map(
    (recipe): NetworkChoice => ({ key: `recipe:${recipe.name}`, group: "Recipes", recipe }),
  ),
];

/** A recipe's network for a kind of images. */
export function draftOf(recipe: Recipe, { shape, classes }: ImageKind): NetworkDraft {
  const layers = recipe.layers(classes, { shape }).map(({ config }) => config);
  return { name: recipe.name, scaling: recipe.input, layers, isEdited: false };
}

/** An edited draft for other images: its last dense layer gets as many units as there are classes. */
export function withClasses(draft: NetworkDraft, { classes }: ImageKind): NetworkDraft {
  const last = draft.layers.findLastIndex(({ type }) => type === "dense");
  const layers = draft.layers.map((config, i) => (i === last ? { ...config, units: classes } : config));
  return { ...draft, layers };
}
