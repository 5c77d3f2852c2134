import type { AnyDataset } from "../data/dataset.ts";
import type { EngineOptions } from "../engine/engine-options.ts";
import { argmax } from "../numeric/argmax.ts";
import { withTeacher } from "../training/with-teacher.ts";
import { barLine } from "./bar.ts";
import type { Context } from "./context.ts";
import { percent } from "./format.ts";
import { inModelFile, type ModelFile, openModel, readModelFile } from "./model-file.ts";

/** The model that `--teacher` names, read before any data is. */
export async function readTeacher(word: string | undefined): Promise<ModelFile | undefined> {
  return word === undefined ? undefined : readModelFile(word, "--teacher");
}

/**
 * Adds a teacher's answers to the images to train on, and prints the teacher's accuracy on them.
 *
 * @throws TypeError, RangeError if they do not fit each other
 */
export async function taughtBy(
  file: ModelFile | undefined,
  train: AnyDataset,
  engine: EngineOptions,
  { output, signal }: Context,
): Promise<AnyDataset> {
  if (file === undefined) return train;
  const teacher = await openModel(file, engine);
  const onProgress = (done: number) =>
    output.status((columns) => barLine(done / train.length, "teacher", [], columns, output.look));
  try {
    const taught = await withTeacher(train, teacher, { signal, onProgress });
    output.clearStatus();
    const { targets = new Float32Array(), labels = [], classes, length } = taught;
    let right = 0;
    for (let i = 0; i < length; i++) if (argmax(targets, i * classes, classes) === labels[i]) right++;
    output.text(`Teacher   ${file.path}: ${percent(right / length)} of the images to train on are right`);
    return taught;
  } catch (error) {
    throw inModelFile(file.path, error);
  } finally {
    teacher.dispose();
  }
}
