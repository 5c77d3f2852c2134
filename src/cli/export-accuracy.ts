import { isInputError, reasonOf } from "../errors.ts";
import { viewOf } from "../exporting/model-view.ts";
import type { Precision } from "../exporting/precision.ts";
import { FileError } from "../node/file-error.ts";
import type { Model } from "../training/model.ts";
import { readPredictionSettings } from "../training/prediction-settings.ts";
import type { Context } from "./context.ts";
import { loadTestData } from "./eval-data.ts";
import { count, percent } from "./format.ts";
import { type ModelFile, runNotes } from "./model-file.ts";
import { testModel } from "./test-figures.ts";

/** The accuracy of a model before and after its weights were rounded, for people and for programs. */
export interface RoundingLoss {
  readonly lines: readonly string[];
  readonly json: { readonly [key: string]: unknown };
}

/**
 * Measures what rounded weights cost. The model has them afterwards.
 *
 * @param data the data's name on the command line; without one that of the model's run, if it can be read
 * @returns undefined where there is no data
 * @throws UsageError, FileError, RangeError for data that was asked for and cannot be read
 */
export async function roundingLoss(
  file: ModelFile,
  model: Model,
  precision: Precision,
  data: string | undefined,
  context: Context,
): Promise<RoundingLoss | undefined> {
  const { output, signal } = context;
  if (data === undefined && runNotes(file)?.data === undefined) {
    output.remark("the loss of accuracy is not measured: the model does not tell its data; --data names some");
    return undefined;
  }
  try {
    const { test, title } = await loadTestData(file, model, data, {}, context);
    signal.throwIfAborted();
    const prediction = readPredictionSettings("model: prediction", runNotes(file)?.prediction ?? {});
    const before = await testModel(model, test, output, signal, prediction);
    for (const [name, weight] of (await viewOf(file.checkpoint, precision)).weights) model.setWeight(name, weight.data);
    const after = await testModel(model, test, output.withoutLines, signal, prediction);
    const line = `${percent(before.accuracy)} before, ${percent(after.accuracy)} with ${precision}`;
    return {
      lines: [`Accuracy  ${line}, on ${count(test.length)} test images (${title})`],
      json: { precision, accuracy: { before: before.accuracy, after: after.accuracy, images: test.length } },
    };
  } catch (error) {
    if (data !== undefined || !(isInputError(error) || error instanceof FileError)) throw error;
    output.remark(`the loss of accuracy is not measured: ${reasonOf(error)}; --data names other data`);
    return undefined;
  }
}
