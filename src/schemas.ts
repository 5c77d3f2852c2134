import { AUGMENT } from "./data/augment.ts";
import { DATASET } from "./data/dataset.ts";
import { DIGITS } from "./data/digits/generate.ts";
import { READ_SETTINGS } from "./data/read/settings.ts";
import { SCALING } from "./data/scaling.ts";
import { VIEWS } from "./data/views.ts";
import { EXPORT_OPTIONS } from "./exporting/export-options.ts";
import { LAYER_TYPES } from "./graph/layer-types.ts";
import { IMPORT_OPTIONS } from "./importing/import-options.ts";
import { INITIALIZERS } from "./layers/initializers.ts";
import { FUNCTIONAL_FORM, LIST_FORM } from "./model/forms.ts";
import { INPUT } from "./model/input.ts";
import type { OptionSchema } from "./options/schema.ts";
import { schemasOf } from "./options/variants.ts";
import { DATA_SPLIT } from "./recipes/data-split.ts";
import { RECIPE_FIGURE, RECIPE_FILE, RECIPE_INPUT } from "./recipes/recipe-options.ts";
import { AVERAGINGS } from "./training/averaging.ts";
import { BEST_WEIGHTS } from "./training/callbacks/best-weights.ts";
import { EARLY_STOPPING } from "./training/callbacks/early-stopping.ts";
import { REDUCE_ON_PLATEAU } from "./training/callbacks/reduce-on-plateau.ts";
import { CLASSIFY_OPTIONS } from "./training/classify.ts";
import { COMPILE_OPTIONS } from "./training/compile-options.ts";
import { MODEL_OPTIONS } from "./training/create-model.ts";
import { EVALUATE_OPTIONS } from "./training/evaluation.ts";
import { FIT_OPTIONS } from "./training/fit-options.ts";
import { LOAD_OPTIONS } from "./training/load-model.ts";
import { LOSSES } from "./training/losses.ts";
import { OPTIMIZERS } from "./training/optimizers.ts";
import { TRAINING_PLAN } from "./training/plan.ts";
import { PREDICTION } from "./training/prediction-settings.ts";
import { SAMPLE_EVALUATION } from "./training/reports.ts";
import { SCHEDULES } from "./training/schedules.ts";
import { BACKBONE_OPTIONS, FEATURES_OPTIONS } from "./training/transfer/features.ts";
import { FINE_TUNE_OPTIONS } from "./training/transfer/fine-tune.ts";
import { TRANSFER_OPTIONS } from "./training/transfer/transfer-model.ts";
import { WHITENING } from "./training/whitening.ts";
import { REMOTE_RUN, REPLICAS, SESSION_OPTIONS } from "./worker/session-options.ts";

/** The schemas of all options, by group and type: what forms, command lines and tables are made of. */
export const SCHEMAS = {
  layer: schemasOf(LAYER_TYPES),
  initializer: INITIALIZERS,
  optimizer: schemasOf(OPTIMIZERS),
  loss: schemasOf(LOSSES),
  schedule: schemasOf(SCHEDULES),
  averaging: schemasOf(AVERAGINGS),
  callback: { bestWeights: BEST_WEIGHTS, earlyStopping: EARLY_STOPPING, reduceOnPlateau: REDUCE_ON_PLATEAU },
  training: {
    plan: TRAINING_PLAN,
    compile: COMPILE_OPTIONS,
    fit: FIT_OPTIONS,
    evaluate: EVALUATE_OPTIONS,
    load: LOAD_OPTIONS,
    import: IMPORT_OPTIONS,
    export: EXPORT_OPTIONS,
    classify: CLASSIFY_OPTIONS,
    transfer: TRANSFER_OPTIONS,
    backbone: BACKBONE_OPTIONS,
    features: FEATURES_OPTIONS,
    fineTune: FINE_TUNE_OPTIONS,
    augment: AUGMENT,
    evaluations: SAMPLE_EVALUATION,
    prediction: PREDICTION,
    testTimeAugmentation: VIEWS,
    whitening: WHITENING,
  },
  session: { session: SESSION_OPTIONS, compile: REPLICAS, fit: REMOTE_RUN },
  network: { input: INPUT, layers: LIST_FORM, functional: FUNCTIONAL_FORM, model: MODEL_OPTIONS },
  data: { reader: READ_SETTINGS, split: DATA_SPLIT, dataset: DATASET, scaling: SCALING, digits: DIGITS },
  recipe: { file: RECIPE_FILE, input: RECIPE_INPUT, figures: RECIPE_FIGURE },
} as const satisfies { readonly [group: string]: { readonly [type: string]: OptionSchema } };
