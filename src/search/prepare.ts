import { resolve } from "node:path";
import { InputRangeError, InputTypeError, isInputError, retold } from "../errors.ts";
import { version } from "../node/version.ts";
import { isAddress, isPath, withDigest } from "./addressed-data.ts";
import { cornersOf } from "./corners.ts";
import { createSearchFolder, type KeptSearch, readSearchFolder } from "./folder.ts";
import type { JobFacts, SearchJob } from "./job.ts";
import { isMaximized, type SearchPlan, type SearchSettings } from "./options.ts";
import { type JobRunner, startRunner } from "./run-trial.ts";
import type { Space } from "./space.ts";
import { type ReadSpaceFile, readSpaceFile } from "./space-file.ts";
import type { Settings } from "./trial.ts";
import type { Way } from "./way.ts";
import { createWay } from "./ways/create-way.ts";

/** Share of the images that is held out where nothing says what a trial is validated on. */
const HELD_OUT = 0.2;

/** Ways that stop trainings at a budget, and go on with some of them. */
const WITH_RUNGS: readonly string[] = ["halving", "asha"];

/** A search that was checked and has its folder. */
export interface PreparedSearch {
  readonly kept: KeptSearch;
  readonly plan: SearchPlan;
  readonly space: Space;
  readonly facts: JobFacts;
  readonly runner: JobRunner;
  /** Decisions of the search itself, in words. */
  readonly notes: readonly string[];
}

/**
 * Checks a new search, and makes its folder once nothing is wrong.
 *
 * @throws InputRangeError, InputTypeError, FileError for whatever is wrong, before anything is trained
 */
export async function prepareSearch(
  json: unknown,
  given: SearchSettings & { readonly data?: string | undefined },
  folder: string,
  signal?: AbortSignal,
): Promise<PreparedSearch> {
  const file = readSpaceFile(json, given);
  const { plan, space } = file;
  const { metric } = plan;
  checkPlan(file);
  const { monitor, validation } = { monitor: undefined, validation: undefined, ...file.train };
  const isFree = (key: string) => space.parameters.every((parameter) => parameter.key !== key);
  // The epoch that a training ends with is the best by what is followed.
  const follows = monitor === undefined && isFree("monitor") && (metric === "valLoss" || metric === "valAccuracy");
  const first: SearchJob = {
    version: version(),
    train: { ...file.train, ...(follows && { monitor: metric }) },
    ...(await dataOf(given.data ?? file.data, signal)),
    metric,
    maximize: isMaximized(plan),
    folds: plan.folds,
    seeds: plan.seeds,
    seed: plan.seed,
  };
  const runner = startRunner(first);
  try {
    const corners = cornersOf(space);
    let job = first;
    let facts = await runner.check(corners, signal);
    const notes: string[] = [];
    const asks = validation === undefined && isFree("validation");
    if (facts.validationImages === 0 && metric.startsWith("val")) {
      if (!asks)
        throw new InputRangeError("search", `images for validation, for the metric ${metric}`, "none", "missing");
      job = { ...first, train: { ...first.train, validation: HELD_OUT } };
      runner.use(job);
      facts = await runner.check(corners, signal);
      notes.push(
        `${facts.validationImages} of the images to train on are held out for validation, as nothing says which`,
      );
    }
    // Elsewhere, or later, another engine might be the fastest, with other bits.
    const { engine = "auto" } = { engine: undefined, ...job.train };
    const pinned = engine === "auto" && isFree("engine") ? { engine: facts.engine } : {};
    job = { ...job, train: { ...job.train, ...pinned }, sha256: facts.sha256 };
    runner.use(job);
    // It may find more wrong.
    wayOf(plan, space, job, facts.epochs);
    const settings = Object.fromEntries(Object.entries(given).filter(([key]) => key !== "data"));
    const kept = await createSearchFolder(folder, { job, epochs: facts.epochs, file: file.json, given: settings });
    return { kept, plan, space, facts, runner, notes };
  } catch (error) {
    await runner.close();
    throw error;
  }
}

/**
 * Reads the search of a folder again, and checks that version and data are those that it began with.
 *
 * @throws as {@link prepareSearch}
 */
export async function reopenSearch(
  folder: string,
  given: SearchSettings,
  signal?: AbortSignal,
): Promise<PreparedSearch> {
  const kept = await readSearchFolder(folder);
  const { job } = kept;
  if (job.version !== version()) {
    const who = `search ${JSON.stringify(folder)}`;
    const advice = "another version may train to other bits";
    throw new InputRangeError(who, `convasm ${job.version}, which began it`, version(), "contradiction", { advice });
  }
  const { space, plan } = readSpaceFile(kept.file, { ...kept.given, ...given });
  const runner = startRunner(job);
  try {
    const facts = await runner.check(cornersOf(space).slice(0, 1), signal);
    return { kept, plan, space, facts, runner, notes: [] };
  } catch (error) {
    await runner.close();
    throw error;
  }
}

/** The way of a search. */
export function wayOf(plan: SearchPlan, space: Space, { maximize }: Pick<SearchJob, "maximize">, epochs: number): Way {
  const { way, eta, minEpochs, gridPoints, seed, hours } = plan;
  const isEndless = plan.trials === undefined && hours !== undefined && way !== "grid" && way !== "halving";
  const trials = isEndless ? Number.POSITIVE_INFINITY : plan.trials;
  try {
    return createWay(space, { way, trials, maximize, epochs, minEpochs, eta, gridPoints }, seed);
  } catch (error) {
    throw isInputError(error) && !error.who.startsWith("search")
      ? retold(error, { who: `search: ${error.who}` })
      : error;
  }
}

/** Throws for settings that contradict each other. */
function checkPlan({ plan, space, train }: ReadSpaceFile): void {
  const { way, metric, folds } = plan;
  const keys = [...space.parameters.map(({ key }) => key), ...Object.keys(train)];
  const clash = (key: string, other: string, advice?: string) => {
    if (!keys.includes(key)) return;
    throw new InputRangeError(`search: ${key}`, `it without ${other}`, "both", "contradiction", { advice });
  };
  if (folds > 1) clash("validation", "folds", "each fold is what the others are validated on");
  clash("seed", "seeds of the search", "the search has --seed and --seeds");
  if (!WITH_RUNGS.includes(way)) return;
  if (space.parameters.some(({ key }) => key === "epochs")) clash("epochs", way, "its budgets are epochs");
  if (metric.startsWith("test")) {
    const advice = "only whole trainings are tested";
    throw new InputRangeError(`search: ${way}`, "a metric of training or validation", metric, "contradiction", {
      advice,
    });
  }
}

/** The data of a job: paths are whole, so that any process finds it, and addresses say what is there. */
async function dataOf(data: string | undefined, signal?: AbortSignal): Promise<{ readonly data?: string }> {
  if (data === undefined) return {};
  if (typeof data !== "string" || data === "")
    throw new InputTypeError("search: data", "a path or a name", String(data));
  if (isAddress(data)) return { data: await withDigest("search: data", data, signal) };
  return { data: isPath(data) ? resolve(data) : data };
}

/** Settings of the best trial with those that all have, for a last training on all of the data. */
export function retrainJob(job: SearchJob, best: Settings, facts: JobFacts, epochs: number): SearchJob {
  // Nothing watches a validation that there is none of.
  const {
    monitor: _m,
    earlyStopping,
    restoreBestWeights: _r,
    reduceOnPlateau: _p,
    ...train
  }: Settings = {
    ...job.train,
    ...best,
  };
  const stopped = earlyStopping === undefined ? {} : { epochs };
  const metric = facts.testImages > 0 ? "testAccuracy" : "trainAccuracy";
  return { ...job, train: { ...train, ...stopped, validation: false }, metric, maximize: true, folds: 1, seeds: 1 };
}
