import { InputRangeError, isInputError, listed, retold, shown } from "../../errors.ts";
import type { JobFacts, SearchJob } from "../../search/job.ts";
import type { Settings } from "../../search/trial.ts";
import { columnOf } from "../../training/history-csv.ts";
import type { Context } from "../context.ts";
import { type Experiment, startedModel } from "../experiment.ts";
import { askedExperiment } from "../train-words.ts";
import { runOptions } from "./train-run.ts";

/**
 * Checks that settings can be trained: that their options and paths exist, that data and network fit each other, that the metric is one that
 * all of them report, and that the data is the job's.
 *
 * @throws the first error, in front of it the settings that it is of
 */
export async function checkJob(job: SearchJob, list: readonly Settings[], context: Context): Promise<JobFacts> {
  // Words are wrong at once, without any data: first those of all trainings.
  runOptions(job, { settings: {}, seed: job.seed });
  for (const settings of list) named(settings, () => runOptions(job, { settings, seed: job.seed }));
  let facts: JobFacts | undefined;
  for (const settings of list) {
    context.signal.throwIfAborted();
    const found = await checkOne(job, settings, context).catch((error: unknown) => {
      throw withSettings(error, settings);
    });
    facts = facts === undefined ? found : { ...facts, memoryBytes: Math.max(facts.memoryBytes, found.memoryBytes) };
  }
  if (facts === undefined) throw new InputRangeError("search", "settings to check", "none", "missing");
  return facts;
}

async function checkOne(job: SearchJob, settings: Settings, context: Context): Promise<JobFacts> {
  const fold = job.folds > 1 ? { index: 0, of: job.folds } : undefined;
  const options = runOptions(job, { settings, seed: job.seed, ...(fold !== undefined && { fold }) });
  const experiment = await askedExperiment(job.data, options, context);
  const { data, plan, engine } = experiment;
  if (job.sha256 !== undefined && job.sha256 !== data.sha256) {
    const got = `others (SHA-256 ${data.sha256.slice(0, 12)}, not ${job.sha256.slice(0, 12)})`;
    throw new InputRangeError("search", `the images that it began with in ${data.loaded.title}`, got, "contradiction");
  }
  checkMetric(job, experiment);
  const model = await startedModel(experiment, job.seed, context);
  try {
    return {
      sha256: data.sha256,
      title: data.loaded.title,
      trainImages: data.train.length,
      validationImages: data.validation?.length ?? 0,
      testImages: data.test?.length ?? 0,
      epochs: plan.epochs,
      engine,
      memoryBytes: model.network.memory().total,
    };
  } finally {
    model.dispose();
  }
}

/** Throws unless a training reports the metric. Figures of a validation without images get them later. */
function checkMetric({ metric }: SearchJob, { data, plan }: Experiment): void {
  const parts = data.test === undefined ? (["train", "val"] as const) : (["train", "val", "test"] as const);
  const names = ["loss", "accuracy", ...plan.metrics];
  const known = parts.flatMap((part) => names.map((name) => columnOf(part, name)));
  if (known.includes(metric)) return;
  const advice = "train's metrics adds others, such as f1 for valF1";
  throw new InputRangeError(
    "metric",
    `one that the training reports: ${listed(known)}`,
    shown(metric),
    "unknown-name",
    { advice },
  );
}

function named(settings: Settings, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    throw withSettings(error, settings);
  }
}

/** An error of wrong input with the settings that it came with. */
function withSettings(error: unknown, settings: Settings): unknown {
  if (!isInputError(error) || Object.keys(settings).length === 0) return error;
  if (["", "metric", "search"].includes(error.who)) return error;
  const words = Object.entries(settings).map(([key, value]) => `${key}=${shown(value)}`);
  // Nobody has typed that option.
  const who = error.who.replace(/^--set\b/, "setting");
  return retold(error, { who: `space: ${words.join(" ")}: ${who}` });
}
