import { basename, dirname } from "node:path";
import { listOf } from "../data/classes.ts";
import type { DatasetFacts } from "../data/dataset.ts";
import type { Architecture } from "../model/architecture.ts";
import { unfrozen } from "../model/freezing.ts";
import { readArchitecture } from "../model/read-architecture.ts";
import { readRecipe } from "../recipes/recipe-file.ts";
import { checkWeights, restoreWeights } from "../training/load-model.ts";
import type { Model } from "../training/model.ts";
import { readModelSettings } from "../training/model-settings.ts";
import { forClasses } from "../training/new-classes.ts";
import { UsageError } from "./command-error.ts";
import type { FileOptions } from "./data-options.ts";
import type { DataRequest } from "./data-source.ts";
import { inModelFile, modelTitle, readModelFile, runNotes } from "./model-file.ts";
import { type NetworkChoice, type NetworkOptions, settingsFor } from "./network-option.ts";

/** The model that a run starts from, in place of initial weights. */
export interface StartModel {
  /** Its run or file, as notes on the new run have it. */
  readonly name: string;
  /** Settings that read data in the size and the unit of pixels that the model takes. */
  readonly request: Pick<DataRequest, "usual" | "scaling">;
  /** Copies its weights to a model of the same network, all but those of a new head, which the returned note names. */
  fill(model: Model, train: DatasetFacts): string | undefined | Promise<undefined>;
}

/** The classes of a data set. */
type Classes = Partial<Pick<DatasetFacts, "classNames" | "classes">>;

/** A network that is trained from the weights of a model. */
export interface StartChoice {
  readonly network: NetworkChoice;
  readonly start: StartModel;
}

/**
 * The network of the model that `--from` names, with the settings of the recipe that `--recipe` names, or else with those that a
 * network from a file has.
 *
 * @throws UsageError if another network is asked for; FileError, TypeError, RangeError if the model cannot be read or is wrong
 */
export async function chooseStart(from: string, options: NetworkOptions & FileOptions): Promise<StartChoice> {
  const other = options.model !== undefined ? "--model" : options.set !== undefined ? "--set" : undefined;
  if (other !== undefined) throw new UsageError("--from", "its own network", `another by ${other}`, "contradiction");
  const { path, checkpoint } = await readModelFile(from, "--from");
  const who = modelTitle(path);
  const { classNames, scaling, loss } = readModelSettings(who, checkpoint.settings);
  const notes = runNotes({ path, checkpoint });
  const own = unfrozen(named(path, () => readArchitecture(checkpoint.model)));
  named(path, () => checkWeights(own, checkpoint));
  const [height, width, channels] = own.input.shape;
  const forData = ({ classNames: names, classes }: Classes) =>
    named(path, () => forClasses(own, classNames, names ?? classes ?? own.outputs, "classes"));
  const name = typeof notes?.network === "string" ? notes.network : basename(path, ".safetensors");
  const recipe = readRecipe({ ...own.toJson(), ...(loss !== undefined && { loss: loss.config }) }, name, who);
  const network = {
    ...(await settingsFor(recipe, options.recipe)),
    build: (data: Classes) => forData(data).architecture,
  };
  const start: StartModel = {
    name: /^(model|checkpoint)\b/.test(basename(path)) ? basename(dirname(path)) || basename(path) : basename(path),
    request: {
      usual: {
        size: [height, width],
        shape: [height, width, channels],
        ...((channels === 1 || channels === 3) && { channels }),
      },
      scaling: options.keepValues === true ? "ignored" : scaling,
    },
    fill(model, train) {
      const chosen = forData(train);
      restoreWeights(model, checkpoint, chosen.fresh);
      model.classNames = chosen.classNames;
      model.scaling = scaling;
      return chosen.fresh.length === 0 ? undefined : headNote(model.architecture, chosen.fresh, train);
    },
  };
  return { network, start };
}

function headNote(architecture: Architecture, fresh: readonly string[], { classNames, classes }: DatasetFacts): string {
  const withWeights = new Set(architecture.parameters().map(({ name }) => name.slice(0, name.lastIndexOf("/"))));
  const layers = fresh.filter((path) => withWeights.has(path)).reverse();
  const what = classNames === undefined ? "" : `: ${listOf(classNames)}`;
  return `the model has other classes: ${layers.join(", ")} begins with fresh weights, for ${classes} classes${what}`;
}

/** Puts the model's path in front of what is wrong with it. */
function named<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw inModelFile(path, error);
  }
}
