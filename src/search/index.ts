// The subpath `convasm/search`: searches for Node.

export type { Executor, RunCalls, RunProgress } from "./executor.ts";
export type { JobFacts, SearchJob } from "./job.ts";
export type { SearchPlan, SearchSettings } from "./options.ts";
export {
  type BestTrial,
  type ResumeSettings,
  type RetrainEvent,
  resumeSearch,
  type SearchEnd,
  type SearchEvent,
  type SearchOptions,
  type SearchPlace,
  type SearchRunOptions,
  type SearchStart,
  search,
} from "./search.ts";
export type { SearcherEvent } from "./searcher.ts";
export type { Domain, Parameter, ParameterInput, Space, SpaceInput } from "./space.ts";
export type { SpaceFile } from "./space-file.ts";
export type {
  EndedRun,
  Fold,
  RunPlan,
  RunResult,
  RunSpec,
  RunTimes,
  Settings,
  TrialResult,
  TrialSpec,
} from "./trial.ts";
export type { WayName } from "./way.ts";
