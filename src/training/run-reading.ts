import type { ReadSettings } from "../data/read/options.ts";
import { checkReadSettings } from "../data/read/settings.ts";
import { type PixelScaling, readScaling } from "../data/scaling.ts";
import type { Checkpoint } from "../formats/checkpoint.ts";
import { isRecord } from "../json.ts";
import { runSettings } from "./load-model.ts";

/**
 * Whether a run began in version 0.1, which scaled pixels by another rule: a run goes on with its own to its end.
 *
 * @param reader how its files were read, as its checkpoint notes it
 * @param scaling its model's
 */
export function isFormerRun(reader: ReadSettings | undefined, scaling: PixelScaling | undefined): boolean {
  return reader?.stretch === "former" || scaling === undefined;
}

/**
 * Settings with which `readData` reads the files of a checkpoint's run as the run did: with the scaling of its model, or by the rule of
 * version 0.1, whose models have none.
 *
 * @throws TypeError, RangeError if the checkpoint is of no unfinished run, or its settings are wrong
 *
 * @example
 * const { train } = await readData(files, runReading(readCheckpoint(decodeSafetensors(bytes), "run")));
 */
export function runReading(checkpoint: Checkpoint): ReadSettings {
  const settings = runSettings(checkpoint);
  const data = isRecord(settings) ? settings.data : undefined;
  const noted = isRecord(data) ? data.reader : undefined;
  const reader = noted === undefined ? {} : checkReadSettings("run: reader", noted);
  const own = isRecord(checkpoint.settings) ? checkpoint.settings.scaling : undefined;
  const scaling = own === undefined ? undefined : readScaling("run: scaling", own);
  const { stretch, scaling: _, ...rest } = reader;
  if (isFormerRun(reader, scaling)) return { ...rest, stretch: stretch === false ? false : "former" };
  return { ...rest, scaling };
}
