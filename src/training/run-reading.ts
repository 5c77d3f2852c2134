import type { ReadSettings } from "../data/read/settings.ts";
import type { PixelScaling } from "../data/scaling.ts";

/**
 * True if a run began in version 0.1, which scaled pixels by another rule: it goes on with that rule to its end.
 *
 * @param reader settings of its readers, from its checkpoint
 * @param scaling its model's
 */
export function isFormerRun(
  reader: Pick<ReadSettings, "stretch"> | undefined,
  scaling: PixelScaling | undefined,
): boolean {
  return scaling === undefined || reader?.stretch === "former";
}

/**
 * The settings with which `readData` scales the pixels of a run's files as the run did: by its model's scaling, or by
 * the rule of version 0.1, whose models have none.
 *
 * @param reader settings of its readers, from its checkpoint
 * @param scaling the model's
 *
 * @example
 * const { train } = await readData(files, runReading({ stretch: true }, model.scaling));
 */
export function runReading(
  reader: Pick<ReadSettings, "stretch"> | undefined,
  scaling: PixelScaling | undefined,
): Pick<ReadSettings, "stretch" | "scaling"> {
  return isFormerRun(reader, scaling) ? { stretch: reader?.stretch !== false && "former" } : { scaling };
}
