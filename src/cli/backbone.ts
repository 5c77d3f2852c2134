import { basename } from "node:path";
import type { ReadSettings } from "../data/read/settings.ts";
import type { PixelScaling } from "../data/scaling.ts";
import { isInputError, retold } from "../errors.ts";
import { importModel } from "../importing/import-model.ts";
import type { Architecture } from "../model/architecture.ts";
import { backboneOf } from "../model/backbone.ts";
import type { BackboneSettings } from "../recipes/backbone-settings.ts";
import { findNetwork } from "../recipes/index.ts";
import { recipeArchitecture } from "../recipes/run.ts";
import type { Model } from "../training/model.ts";
import { UsageError } from "./command-error.ts";
import { givenScaling, networkScaling } from "./input-scaling.ts";
import { isModel } from "./model-and-network.ts";
import { openModel, readModelFile, runNotes } from "./model-file.ts";
import { namedNetwork } from "./network-option.ts";
import { resolveRun } from "./runs/name.ts";

/** Classes of the networks whose weights are published, as a rule: those of ImageNet. */
const USUAL_CLASSES = 1000;

/** A network whose features a new one is made of. */
export interface Backbone {
  /** Name of its file, or of its run. */
  readonly name: string;
  /** The whole network, compiled. */
  readonly model: Model;
  /** The network up to its features, on paper. */
  readonly trunk: Architecture;
  /** Default settings with which pictures are read for it. */
  readonly usual: ReadSettings;
  /** The unit of its pixels; undefined where its file knows none. */
  readonly scaling: PixelScaling | undefined;
}

/**
 * The network in a file of ours, or of another program.
 *
 * @throws UsageError, TypeError, RangeError if it cannot be read, is wrong, has no such layer, or its scaling of pixels is not known
 */
export async function readBackbone({ file, at, size, network, input }: BackboneSettings): Promise<Backbone> {
  const path = await resolveRun("--backbone", file);
  const isOurs = network === undefined && (await isModel(path));
  const who = `--backbone ${JSON.stringify(file)}`;
  const { model, isTrainedHere } = await (isOurs
    ? ownModel(path, input)
    : foreignModel(path, network, input).catch((error: unknown) => {
        throw withMissing(error, who);
      }));
  const trunk = backboneOf(model.architecture, at, who, size);
  const [height, width, channels] = trunk.input.shape;
  const { scaling } = model;
  // Networks of other programs saw the middle of their pictures.
  const fit = isTrainedHere ? (scaling?.fit ?? "stretch") : "crop";
  return {
    name: basename(path),
    model,
    trunk,
    usual: {
      size: [height, width],
      fit,
      shape: [height, width, channels],
      ...((channels === 1 || channels === 3) && { channels }),
    },
    scaling,
  };
}

/** An error of an importer, with the options that say what a file does not hold. */
function withMissing(error: unknown, who: string): unknown {
  if (!isInputError(error) || error.code !== "missing") return error;
  const advice =
    "--model NETWORK says the network of weights alone, --input SCALING the scaling of pixels, such as imagenet";
  return retold(error, { who, advice });
}

async function ownModel(path: string, input: string | undefined) {
  if (input !== undefined) {
    const advice = "model files hold the scaling of their pixels";
    throw new UsageError("--input", "a backbone of another program with it", "a model of convasm", "contradiction", {
      advice,
    });
  }
  const file = await readModelFile(path, "--backbone");
  return { model: await openModel(file, { threads: 1 }), isTrainedHere: runNotes(file) !== undefined };
}

async function foreignModel(path: string, network: string | undefined, input: string | undefined) {
  const scaling = givenScaling({ input: input === "network" ? undefined : input });
  const options =
    network === undefined
      ? { ...(scaling !== undefined && { input: scaling }) }
      : { network: await givenNetwork(network, input) };
  const { model } = await importModel(path, { ...options, threads: 1, batchSize: 1 });
  return { model, isTrainedHere: false };
}

/** The network that `--model` names, with its own scaling of pixels unless another is said. */
async function givenNetwork(name: string, input: string | undefined): Promise<Architecture> {
  const recipe = await namedNetwork(name);
  const { shape } = recipe.input;
  const scaling = networkScaling({ input: input ?? "network" }, recipe.input);
  const classes = findNetwork(name) === undefined ? {} : { classes: USUAL_CLASSES };
  return recipeArchitecture({ ...recipe, input: { ...scaling, ...(shape !== undefined && { shape }) } }, classes);
}
