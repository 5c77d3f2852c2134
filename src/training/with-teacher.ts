import { placesOf } from "../data/classes.ts";
import {
  type AnyDataset,
  createDataset,
  type Dataset,
  type DatasetFacts,
  type StreamedDataset,
} from "../data/dataset.ts";
import { eachBatch } from "../data/each-batch.ts";
import { checkScaling } from "../data/scaling.ts";
import { InputRangeError, InputTypeError } from "../errors.ts";
import { exp } from "../numeric/math.ts";
import { ABORT_SIGNAL, callable } from "../options/instances.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../options/schema.ts";
import type { Model } from "./model.ts";

const WHO = "withTeacher";

/** Options of `withTeacher`. */
export const WITH_TEACHER = {
  /** Ends the work; the promise then rejects with its reason. */
  signal: { kind: ABORT_SIGNAL, optional: true },
  /** Called now and then with the number of images that are done. */
  onProgress: { kind: callable<(done: number) => void>(), optional: true },
} as const satisfies OptionSchema;

/** Options of {@link withTeacher}. */
export interface WithTeacherOptions extends OptionsOf<typeof WITH_TEACHER> {}

/** Images between two looks at the signal, and reports of progress. */
const AT_ONCE = 256;

/**
 * A data set with a teacher's probabilities of the classes as `targets` beside its labels, for the loss `distillation`. It shares images and labels
 * with the one that is given.
 *
 * The teacher sees each image once, as it is: without the random changes that the student's training may make. Where both know names of
 * classes, these are matched by name; classes that only the teacher has count for nothing. A teacher without a softmax has logits.
 *
 * @param data with labels, of the teacher's image shape and pixel unit
 * @param teacher compiled; several teachers are averaged by averaging their `targets`
 * @throws TypeError, RangeError if data and teacher do not fit each other, or for a wrong option
 * @throws DivergedError if an output of the teacher is NaN or infinite
 * @example
 * const taught = await withTeacher(train, teacher);
 * await student.compile({ optimizer: "adam", loss: distillation({ temperature: 4 }) });
 * await student.fit(taught, { epochs: 5, validation: test });
 */
export async function withTeacher(data: Dataset, teacher: Model, options?: WithTeacherOptions): Promise<Dataset>;
/** The same of a streamed data set with labels of its own. */
export async function withTeacher(
  data: StreamedDataset,
  teacher: Model,
  options?: WithTeacherOptions,
): Promise<StreamedDataset>;
export async function withTeacher(data: AnyDataset, teacher: Model, options?: WithTeacherOptions): Promise<AnyDataset>;
export async function withTeacher(
  data: AnyDataset,
  teacher: Model,
  options: WithTeacherOptions = {},
): Promise<AnyDataset> {
  const { signal, onProgress } = readOptions(WHO, WITH_TEACHER, options);
  if (data.labels === undefined) throw new InputTypeError(WHO, "a data set with labels", "one with targets", "missing");
  const { network, architecture } = teacher;
  if (network.loss?.activation === "sigmoid") {
    throw new InputTypeError(WHO, "a teacher of one class per image", `one with ${network.loss.config.type}`);
  }
  checkScaling(WHO, data, teacher.scaling);
  const isSoftmax = network.loss?.activation === "softmax" || endsInSoftmax(teacher);
  const places = classPlaces(data, teacher);
  const width = architecture.outputs;
  const targets = new Float32Array(data.length * data.classes);
  for await (const { begin, end, pixels } of eachBatch(data, AT_ONCE, signal)) {
    const scores = await teacher.predict(pixels, { shape: data.shape });
    for (let i = 0; i < end - begin; i++) {
      const row = scores.subarray(i * width, (i + 1) * width);
      const shares = places.map((place) => row[place]);
      targets.set(isSoftmax ? sharesOf(shares) : softmaxOf(shares), (begin + i) * data.classes);
    }
    onProgress?.(end);
  }
  return "read" in data ? { ...data, targets } : createDataset({ ...data, targets });
}

function endsInSoftmax({ architecture: { graph } }: Model): boolean {
  const last = graph.nodes.find(({ output }) => output === graph.outputs[0].tensor);
  return last?.layer.type === "softmax";
}

/** The softmax of some logits. */
function softmaxOf(logits: readonly number[]): readonly number[] {
  const largest = Math.max(...logits);
  return sharesOf(logits.map((logit) => exp(logit - largest)));
}

/** The teacher's output for each class of the data. */
function classPlaces({ classNames, classes, name }: DatasetFacts, teacher: Model): readonly number[] {
  const { outputs } = teacher.architecture;
  if (classNames === undefined || teacher.classNames === undefined) {
    if (classes === outputs) return Array.from({ length: classes }, (_, c) => c);
    throw new InputRangeError(
      WHO,
      `a teacher of the ${classes} classes of ${name}`,
      `one of ${outputs}`,
      "shape-mismatch",
    );
  }
  const places = placesOf(classNames, teacher.classNames, WHO, "the teacher");
  const unknown = classNames.find((_, c) => places[c] < 0);
  if (unknown === undefined) return places;
  throw new InputRangeError(WHO, `a teacher that knows all classes of ${name}`, `none for ${unknown}`, "unknown-name");
}

/** Divides numbers by their sum, so that they are probabilities; equal ones where all are 0. */
function sharesOf(row: readonly number[]): readonly number[] {
  const sum = row.reduce((total, value) => total + value, 0);
  return row.map((value) => (sum > 0 ? Math.min(1, value / sum) : 1 / row.length));
}
