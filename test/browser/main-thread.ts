import type { Browser, Page } from "playwright-core";

/** A task in the browser's trace. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds on the clock, and of processor time. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The longest task of a page's main thread, in milliseconds. */
export interface LongestTask {
  /** Milliseconds of processor time, which other programs do not change. */
  readonly processor: number;
  /** On the clock: more where other programs kept the thread from running. */
  readonly clock: number;
}

/** Watches the main thread while something happens. */
export async function longestTask(browser: Browser, page: Page, work: () => Promise<void>): Promise<LongestTask> {
  await browser.startTracing(page, { categories: ["toplevel"] });
  await work();
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse((await browser.stopTracing()).toString());
  const main = traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) => name.endsWith("RunTask") && main.some((thread) => thread.pid === pid && thread.tid === tid),
  );
  if (tasks.length < 100)
    throw new Error(`longestTask: expected a trace with the main thread's tasks, got ${tasks.length}`);
  const longest = (of: (task: TraceEvent) => number | undefined) =>
    Math.max(...tasks.map((task) => of(task) ?? 0)) / 1000;
  return { processor: longest(({ tdur }) => tdur), clock: longest(({ dur }) => dur) };
}
