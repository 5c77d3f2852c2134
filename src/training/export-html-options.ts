import { choice, text } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";

/** The options of `exportHtml`. */
export const EXPORT_HTML = {
  /** Title and heading of the page. */
  title: { kind: text(), default: "Try a network" },
  /**
   * Images that people give the network: a `drawing` on a pad, or a `photo` by dropping a file or by the camera. `auto`: a drawing for
   * grey images of up to 32 pixels, as digits are, else a photo.
   */
  input: { kind: choice(["auto", "drawing", "photo"]), default: "auto" },
} as const satisfies OptionSchema;

/** Options of `exportHtml`. */
export interface ExportHtmlOptions extends OptionsOf<typeof EXPORT_HTML> {}
