/**
 * The numbers that single commands take as options of their own; all other options come from schemas of the library. `scripts/build-option-help.js` makes their lines of
 * help of the comments here.
 *
 * @module
 */

import { DIGITS } from "../data/digits/generate.ts";
import { STANDARD_DIGITS } from "../data/digits/standard.ts";
import { ENGINE } from "../engine/engine-options.ts";
import { list } from "../options/compound.ts";
import { number, whole } from "../options/kinds.ts";
import type { OptionSchema } from "../options/schema.ts";
import { DATA_SPLIT } from "../recipes/data-split.ts";
import { FOLD } from "../recipes/fold.ts";
import { RECIPE_FILE } from "../recipes/recipe-options.ts";
import { SEARCH, SEARCH_MACHINE } from "../search/options.ts";
import { SEEDS } from "./seeds.ts";

/** The numbers that commands take, by the words of the command. */
export const COMMAND_OPTIONS = {
  train: {
    /** Several runs one after another: so many seeds, or a list such as 1,2,7. */
    seeds: { kind: SEEDS, optional: true },
    /** Images for validation are one part of several, such as 2/5, each with its share of every class. */
    fold: { kind: FOLD, optional: true },
  },
  search: { ...SEARCH, ...SEARCH_MACHINE },
  eval: {
    /** Only so many test images, drawn per class (of IDX files the first ones). */
    limit: { kind: DATA_SPLIT.limit.kind, optional: true },
    /** Only these images, such as 0:1000, or train:1000:2000 for some of those to train on. Default: the run's. */
    testRange: { kind: DATA_SPLIT.test.kind, optional: true },
  },
  import: {
    /** Number of classes of a built-in network. */
    classes: { kind: whole(1), optional: true },
  },
  predict: {
    /** Classes to show for each picture. */
    top: { kind: whole(1), default: 3 },
    /** Score above which a label counts, of a model of any number of labels for each picture. */
    threshold: { kind: number({ minimum: 0, maximum: 1 }), default: 0.5 },
    /** Only the first so many images of an IDX file. */
    limit: { kind: whole(1), optional: true },
  },
  data: {
    /** Digits to train on. */
    count: { kind: DIGITS.count.kind, default: STANDARD_DIGITS.train },
    /** Digits to test on. */
    testCount: { kind: DIGITS.count.kind, default: STANDARD_DIGITS.test },
    /** Seed of the digits, of which train uses the default. */
    seed: { kind: DIGITS.seed.kind, default: STANDARD_DIGITS.seed },
  },
  dataInspect: {
    /** Most images that are drawn. */
    samples: { kind: whole(0), default: 10 },
  },
  bench: {
    /** Batch sizes. */
    batch: { kind: list(whole(1, 65_536)), optional: true },
    /** Threads, or auto; plain JavaScript has one. */
    threads: { kind: list(ENGINE.threads.kind), optional: true },
  },
  runs: {
    /** Only the first so many runs. Default all. */
    limit: { kind: whole(1), optional: true },
  },
  worker: {
    /** Trainings beside each other, or auto: one for each core. */
    slots: { kind: SEARCH_MACHINE.slots.kind, default: "auto" },
    /** Seconds that trainings have to end once the worker is to end; then they go back into the queue with their checkpoints. */
    grace: { kind: whole(0, 604_800), default: 20 },
    /** Least seconds between two checkpoints of a training that travel. */
    checkpointEvery: { kind: whole(1, 604_800), default: 30 },
    /** Seconds without a sign of life after which a worker counts as lost, and others go on with its trainings. */
    lostAfter: { kind: whole(2, 86_400), default: 30 },
    /** Seconds without work after which the worker ends. Default: it stays. */
    idle: { kind: whole(1, 604_800), optional: true },
  },
  recipesReport: {
    /** Runs of each recipe, with as many seeds in a row from --seed on. */
    seeds: { kind: whole(1), default: 1 },
  },
  recipesShow: {
    /** Layers for images of that shape, where they depend on it. */
    shape: { kind: RECIPE_FILE.shape.kind, optional: true },
  },
} as const satisfies { readonly [command: string]: OptionSchema };
