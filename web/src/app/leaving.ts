import type { Workspace } from "./workspace.ts";

/** A training that took longer than this is worth a question. */
const WORTH_SECONDS = 60;

/** Asks before the tab is closed, but only where something would be lost that takes time to have again. */
export function askBeforeLeaving({ run, model }: Workspace): void {
  let begun = performance.now();
  run.onChange(() => {
    begun = performance.now();
  });
  let took = 0;
  run.watch((current) => {
    current?.state.onChange((state) => {
      if (state === "ended") took = (performance.now() - begun) / 1000;
    });
  });
  addEventListener("beforeunload", (event) => {
    const isUnderWay = run.value?.isUnderWay === true;
    const isUnsaved = model.value?.isTrained === true && !model.value.isSaved;
    if (isUnderWay || (isUnsaved && took > WORTH_SECONDS)) event.preventDefault();
  });
}
