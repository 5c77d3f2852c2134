import type { Dataset } from "../data/dataset.ts";
import { checkScaling, type PixelScaling } from "../data/scaling.ts";
import type { EngineName } from "../engine/engine-names.ts";
import { InputRangeError } from "../errors.ts";
import { pickOptions } from "../options/schema.ts";
import { type DataSettings, type RunSettings, readRunSettings } from "../recipes/run-settings.ts";
import { withoutShuffle } from "../training/fit-options.ts";
import { RUN_PLAN } from "../training/plan.ts";
import type { CheckpointNotes, FitSettings } from "./contract.ts";
import type { HostedDataset } from "./hosted-dataset.ts";
import { dataSettings } from "./origin.ts";
import { canHash, sha256 } from "./sha256.ts";

/** Name of the network if the page gives none. */
const UNNAMED = "custom";

/**
 * SHA-256 of pixels and labels of all images of a run, as the command line computes it; null where the browser does not
 * hash.
 */
async function fingerprint(parts: readonly Dataset[]): Promise<string | null> {
  if (!canHash()) return null;
  const arrays = [...parts.map(({ images }) => images), ...parts.flatMap(({ labels }) => labels ?? [])];
  return sha256(arrays.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)));
}

/** Facts of a run that a checkpoint keeps: its data and options. */
export interface RunFacts {
  readonly train: HostedDataset;
  readonly validation: HostedDataset | undefined;
  readonly options: FitSettings;
  readonly engine: EngineName;
}

/** The settings of a run as the command line keeps them in its checkpoints, so that each can go on with the other's runs. */
export class RunNotes {
  readonly #facts: RunFacts;
  #sha256: Promise<string | null> | undefined;

  constructor(facts: RunFacts) {
    this.#facts = facts;
  }

  async settings({ data: more, ...notes }: CheckpointNotes = {}): Promise<RunSettings> {
    const { train, validation, options, engine } = this.#facts;
    const data = dataSettings(train.origin, validation?.origin);
    this.#sha256 ??= fingerprint(usedImages(data, train, validation));
    return readRunSettings({
      network: UNNAMED,
      isRecipe: false,
      data: { ...data, sha256: await this.#sha256, ...more },
      ...pickOptions(RUN_PLAN, withoutShuffle("fit", options)),
      engine,
      ...notes,
    });
  }
}

/** The images to train on before those for validation were held out of them. */
function usedImages(
  { validation: noted, draw }: Pick<DataSettings, "validation" | "draw">,
  train: HostedDataset,
  validation: HostedDataset | undefined,
): Dataset[] {
  if (typeof noted === "number" && draw === "classes" && train.whole !== undefined && train.whole === validation?.whole)
    return [train.whole];
  return typeof noted === "number" && validation !== undefined ? [train.data, validation.data] : [train.data];
}

/** Fit options of a run that the command line, or a page, has noted. */
export function notedOptions(settings: RunSettings): FitSettings {
  return pickOptions(RUN_PLAN, settings);
}

/**
 * Throws unless a run goes on with the images that it began with, scaled as they were then.
 *
 * @param scaling the model's; undefined in version 0.1, whose rule was another
 * @throws RangeError if they are others
 */
export async function checkImages(
  { data }: RunSettings,
  scaling: PixelScaling | undefined,
  train: HostedDataset,
  validation: HostedDataset | undefined,
): Promise<void> {
  const used = usedImages(data, train, validation);
  const found = data.sha256 === null ? null : await fingerprint(used);
  if (found === null || found === data.sha256) return;
  checkScaling("fit", train.data, scaling);
  const got = used.map(({ name, length }) => `${length} of ${name}`).join(" and ");
  throw new InputRangeError(
    "fit",
    "the images that the checkpoint's run began with",
    `others: ${got}`,
    "contradiction",
    { advice: "runReading tells their scaling" },
  );
}
