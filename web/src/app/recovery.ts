import type { TrainingRun } from "../train/run.ts";
import { sentence } from "../ui/format.ts";
import { dismiss, reasonOf, tell } from "../ui/messages.ts";
import type { Workspace } from "./workspace.ts";

/** Most parameters of a model that is copied at every epoch. */
const MOST_PARAMETERS = 2e7;

/** Milliseconds without a sign from a running run after which people are asked. */
const STALL = 30_000;

/** A copy of what the worker held, in case it is lost. */
export interface Kept {
  readonly bytes: Uint8Array;
  /** The finished epochs of a run that had not ended. */
  readonly epochs: number | undefined;
  readonly name: string;
}

export interface RecoveryActions {
  /** Starts a new worker and brings back images and what was kept. */
  restart(kept: Kept | undefined): void;
}

/** Keeps a copy of the model after each epoch, and tells people when the worker is lost or silent. */
export function startRecovery(workspace: Workspace, { restart }: RecoveryActions): void {
  let kept: Kept | undefined;
  const keep = async (run: TrainingRun): Promise<void> => {
    if (run.description.parameters > MOST_PARAMETERS) return;
    const { name } = run.plan.draft;
    const epochs = run.figures.epochs.length;
    const bytes = run.isUnderWay ? await run.checkpoint() : await run.model.save();
    if (run === workspace.run.value) kept = { bytes, epochs: run.isUnderWay ? epochs : undefined, name };
  };
  let stop: (() => void)[] = [];
  workspace.run.watch((run) => {
    for (const end of stop) end();
    stop = [];
    kept = undefined;
    if (run === undefined) return;
    let epochs = 0;
    const look = (): void => {
      if (run.error !== undefined || (run.figures.epochs.length === epochs && run.isUnderWay)) return;
      epochs = run.figures.epochs.length;
      // A worker that is lost while it copies is told of below.
      void keep(run).catch(() => {});
    };
    const replace = (): void => {
      const before = kept;
      void workspace.host.end();
      forget(workspace);
      restart(before);
    };
    stop = [
      run.ticks.onChange(look),
      run.state.onChange((state) => state === "ended" && look()),
      watchStall(run, replace),
    ];
  });
  workspace.host.lost.onChange((reason) => {
    if (reason === undefined) return;
    forget(workspace);
    const back =
      kept === undefined
        ? "The images are loaded again."
        : kept.epochs === undefined
          ? "The images are loaded again, and the trained network comes back."
          : `The images are loaded again, and the training goes on from epoch ${kept.epochs + 1}.`;
    tell({
      kind: "error",
      title: "The worker that trained is gone",
      text: `${sentence(reasonOf(reason))} ${back}`,
      actions: [{ label: "Start a new worker", run: () => restart(kept) }],
      topic: "worker",
    });
  });
}

/** Drops models and images that lived in the lost worker. */
function forget({ model, images }: Workspace): void {
  model.value = undefined;
  images.value = undefined;
}

/** Asks what to do when nothing is heard of a run for long. */
function watchStall(run: TrainingRun, replace: () => void): () => void {
  let last = performance.now();
  let isTold = false;
  const stop = run.ticks.onChange(() => {
    last = performance.now();
    if (isTold) dismiss("stall");
    isTold = false;
  });
  const timer = setInterval(() => {
    // A paused run has nothing to tell; timers of a hidden tab come late.
    if (run.state.value !== "running" || document.hidden) last = performance.now();
    if (isTold || performance.now() - last < STALL) return;
    isTold = true;
    tell({
      kind: "warning",
      title: "Nothing was heard of the training for half a minute",
      text: "A step of a large batch may take that long, above all in plain JavaScript. Wait, or start a new worker, which goes on from the last epoch.",
      actions: [{ label: "Start a new worker", run: replace }],
      topic: "stall",
    });
  }, 1000);
  return () => {
    stop();
    clearInterval(timer);
    dismiss("stall");
  };
}
