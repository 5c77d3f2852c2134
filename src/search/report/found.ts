import { basename } from "node:path";
import { counted } from "../../words.ts";
import type { PreparedSearch } from "../prepare.ts";
import type { TrialRecord } from "../searcher.ts";
import type { ReportedSearch, ReportedTrial } from "./attempts.ts";

/** The facts of a search that a report tells besides its trials. */
export function reportOf({ kept, plan, space, facts }: PreparedSearch): Omit<ReportedSearch, "trials" | "best"> {
  const { job, epochs } = kept;
  const several = [
    ...(job.folds > 1 ? [counted(job.folds, "fold")] : []),
    ...(job.seeds > 1 ? [counted(job.seeds, "seed")] : []),
  ];
  const data = `${titleOf(facts.title)}, ${counted(facts.trainImages, "image")} and ${facts.validationImages.toLocaleString("en-US")} for validation`;
  const lines: (readonly [name: string, text: string])[] = [
    ["Way", plan.way],
    ["Data", data],
    ["Training", `${counted(epochs, "epoch")}${several.length === 0 ? "" : `; ${several.join(" of ")}`}`],
    ["Best", `${job.maximize ? "largest" : "smallest"} ${job.metric}`],
    ["Seed", String(job.seed)],
    ["convasm", `${job.version}, engine ${facts.engine}`],
  ];
  return {
    title: `Search of ${titleOf(facts.title)}`,
    facts: lines,
    space,
    metric: job.metric,
    maximize: job.maximize,
  };
}

/** Data by its title, or by the last part of its path. */
function titleOf(title: string): string {
  return title.includes("/") ? basename(title) : title;
}

/** The trials that have ended, as a report takes them. */
export function reportedTrials(trials: readonly TrialRecord[]): readonly ReportedTrial[] {
  return trials.flatMap(({ spec, runs, result }) => {
    if (result === undefined) return [];
    const ended = runs.flatMap((run) => (run === undefined ? [] : [run]));
    return [
      {
        spec,
        result,
        seconds: ended.reduce((sum, { times }) => sum + times.seconds, 0),
        error: ended.find((run) => run.result.error !== undefined)?.result.error,
      },
    ];
  });
}
