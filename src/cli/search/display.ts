import { join } from "node:path";
import { shown } from "../../errors.ts";
import { isPath } from "../../search/addressed-data.ts";
import { expectedTrials } from "../../search/expected-runs.ts";
import type { SearchEnd, SearchEvent, SearchStart } from "../../search/search.ts";
import type { Domain, Parameter } from "../../search/space.ts";
import { runsPerTrial, type TrialResult, type TrialSpec } from "../../search/trial.ts";
import { Interrupted } from "../command-error.ts";
import { type Context, commandLine, pathWord, shorterPath } from "../context.ts";
import { count, counted, percent } from "../format.ts";
import { trainArguments } from "../trial/train-settings.ts";
import { LiveTable, settingsLine, valueText } from "./live-table.ts";

/** Tells people and programs of a search. */
export class SearchDisplay {
  readonly #context: Context;
  #start: SearchStart | undefined;
  #live: LiveTable | undefined;
  #ended = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  take(event: SearchEvent): void {
    const { output } = this.#context;
    switch (event.event) {
      case "start":
        this.#announce(event);
        break;
      case "run":
        this.#live?.begin(event.run);
        break;
      case "progress":
        this.#live?.progress(event.run, event.progress);
        break;
      case "ended":
        this.#live?.end(event.run);
        output.event({
          event: "run",
          ...event.ended.result,
          seed: event.run.seed,
          fold: event.run.fold,
          ...event.ended.times,
        });
        break;
      case "trial":
        output.event({ event: "trial", ...event.trial });
        break;
      case "result":
        this.#result(event.trial, event.result);
        break;
      case "retrain":
        output.status(
          () => `training on all of the data: epoch ${event.progress.epoch + 1} of ${event.progress.epochs}`,
        );
        break;
      case "end":
        this.#end(event);
    }
  }

  /** The error of a search that was interrupted, which says how to go on. */
  interrupted(): Interrupted {
    const { job, folder = "" } = { job: undefined, ...this.#start };
    if (job === undefined) return new Interrupted("interrupted before anything was trained");
    const command = commandLine(this.#context, "search", "--resume", pathWord(folder));
    return new Interrupted(
      `interrupted after ${counted(this.#ended, "trial")}; nothing is lost, go on with: ${command}`,
    );
  }

  #announce(start: SearchStart): void {
    const { output } = this.#context;
    const { job, plan, space, facts, slots, folder, ended, notes } = start;
    this.#start = start;
    this.#ended = ended;
    const trials = expectedTrials(plan, space, facts.epochs, job.maximize);
    const { event, ...told } = start;
    output.event({ event, ...told, space: space.parameters, trials: trials ?? null });
    output.clearStatus();
    const per = runsPerTrial(job);
    const each = [
      ...(job.folds > 1 ? [`${job.folds} folds`] : []),
      ...(job.seeds > 1 ? [`${job.seeds} seeds`] : []),
    ].join(" of ");
    output.text(
      `Search    ${plan.way}${trials === undefined ? "" : `, ${counted(trials, "trial")}`}${each && ` of ${each}`}`,
    );
    for (const [i, parameter] of space.parameters.entries())
      output.text(`${i === 0 ? "Space " : "      "}    ${parameterLine(parameter)}`);
    output.text(
      `Data      ${shorterTitle(facts.title)}: ${count(facts.trainImages)} to train on, ${count(facts.validationImages)} for validation`,
    );
    const direction = job.maximize ? "largest" : "smallest";
    output.text(
      `Training  ${counted(facts.epochs, "epoch")}; ${direction} ${job.metric}; engine ${facts.engine}, ${slots} beside each other; seed ${job.seed}`,
    );
    output.text(`Folder    ${shorterPath(folder)}`);
    if (ended > 0) output.text(`Resumed   after ${counted(ended, "trial")}`);
    for (const note of notes) output.remark(`search: ${note}`);
    output.text();
    this.#live = new LiveTable(output, start, trials === undefined ? undefined : trials * per);
  }

  #result(trial: TrialSpec, result: TrialResult): void {
    const { output } = this.#context;
    const { metric = "" } = this.#start?.job ?? {};
    this.#ended += 1;
    const isBest = this.#live?.result(trial, result) === true;
    output.event({ event: "result", settings: trial.settings, ...trialPlace(trial), ...result });
    const value = result.value === undefined ? "failed" : `${metric} ${valueText(result.value)}`;
    const at = trial.budget === undefined ? "" : `  ${counted(trial.budget, "epoch")}`;
    const mark = isBest ? output.style.green("  best so far") : "";
    output.text(
      `trial ${String(trial.index).padStart(4)}  ${value.padEnd(metric.length + 8)}${at}  ${settingsLine(trial.settings)}${mark}`,
    );
    this.#live?.draw(true);
  }

  #end({ folder, done, failed, best, retrained, model }: SearchEnd): void {
    const { output } = this.#context;
    output.clearStatus();
    const start = this.#start;
    if (start === undefined) return;
    const { job } = start;
    const again =
      best === undefined
        ? undefined
        : [
            "train",
            ...(job.data === undefined ? [] : [dataWord(job.data)]),
            ...trainArguments({ ...job.train, ...best.trial.settings }),
          ];
    output.event({
      event: "end",
      folder,
      done,
      failed,
      best: best && {
        ...trialPlace(best.trial),
        settings: best.trial.settings,
        value: best.result.value,
        folder: best.folder,
      },
      retrained: retrained?.result.metrics,
      model: model ?? null,
      command: again === undefined ? null : commandLine(this.#context, ...again),
    });
    output.text();
    if (best === undefined || again === undefined) {
      const why = done + failed === 0 ? "No trial has ended" : `All ${counted(failed, "trial")} failed`;
      output.result(`${why}: there is no best one`);
      output.text(`Table     ${shorterPath(join(folder, "trials.csv"))} ${output.style.dim("(with the reasons)")}`);
      return;
    }
    const value = valueText(best.result.value);
    output.result(
      output.style.bold(
        `Best of ${counted(done, "trial")}: trial ${best.trial.index}, ${job.metric} ${output.style.green(value)}: ${settingsLine(best.trial.settings)}`,
      ),
    );
    if (failed > 0) output.text(`${counted(failed, "trial")} failed; the table says why`);
    if (retrained !== undefined) {
      const { testAccuracy } = { testAccuracy: undefined, ...retrained.result.metrics };
      const tested = testAccuracy === undefined ? "" : `: test accuracy ${output.style.green(percent(testAccuracy))}`;
      output.text(`Trained on all of the data${tested}`);
    }
    output.text();
    output.text(`Table     ${shorterPath(join(folder, "trials.csv"))}`);
    output.text(`Report    ${shorterPath(join(folder, "report.html"))}`);
    output.text(`Best run  ${shorterPath(best.folder)}`);
    if (model !== undefined) output.text(`Model     ${shorterPath(model)}`);
    output.text(`Again     ${commandLine(this.#context, ...again)}`);
  }
}

/** The data as a word of a command line: names and addresses as they are, paths as the user would write them. */
function dataWord(data: string): string {
  return isPath(data) ? pathWord(data) : data;
}

function trialPlace({ index, rung, budget, from }: TrialSpec) {
  return { trial: index, ...(rung !== undefined && { rung, budget: budget ?? null, from: from ?? null }) };
}

/** A parameter in one line: "lr 0.01 to 1, log; when optimizer sgd". */
function parameterLine({ key, domain, when }: Parameter): string {
  const conditions = Object.entries(when).map(([other, values]) => `${other} ${values.map(shown).join(" or ")}`);
  return `${key} ${domainText(domain)}${conditions.length === 0 ? "" : `; when ${conditions.join(", ")}`}`;
}

function domainText(domain: Domain): string {
  if (domain.kind === "choice") return domain.values.map(shown).join(", ");
  const ends = `${shown(domain.low)} to ${shown(domain.high)}`;
  if (domain.kind === "log") return `${ends}, log${domain.isWhole ? ", whole" : ""}`;
  return domain.step === undefined ? ends : `${ends} by ${shown(domain.step)}`;
}

function shorterTitle(title: string): string {
  return title.includes("/") ? shorterPath(title) : title;
}
