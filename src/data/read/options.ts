import type { DecodeImage } from "../picture-decoder.ts";
import type { LeftOut } from "./left-out.ts";
import type { DecodeAhead } from "./picture-rows.ts";
import type { ReadSettings, ReadValues } from "./settings.ts";

/** Options of the readers. */
export interface ReadDataOptions extends ReadSettings {
  /** Decodes pictures. Default: all kinds that are read: PNG, JPEG, WebP, GIF and BMP. */
  readonly decodeImage?: DecodeImage | undefined;
  /** Decodes pictures in other threads, ahead of their use. Default: in this one. @internal */
  readonly decodeAhead?: DecodeAhead | undefined;
  /** Called as pictures or rows are read, with how many there are in all where that is known. */
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined;
  /** Settings that hold where the files' format knows them and no other is given. Default none. */
  readonly usual?: ReadSettings | undefined;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** Context of a format's reader: complete settings, and the list of files that it leaves out. */
export interface ReadContext
  extends ReadValues,
    Pick<ReadDataOptions, "decodeImage" | "decodeAhead" | "onProgress" | "signal"> {
  readonly leftOut: LeftOut;
}
