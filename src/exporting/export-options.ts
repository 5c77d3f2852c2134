import { list } from "../options/compound.ts";
import { choice, flag, text } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf, ValuesOf } from "../options/schema.ts";

/** The formats that models are written in. */
export const EXPORT_FORMATS = ["onnx", "keras", "tfjs", "pytorch", "safetensors", "html"] as const;

/** A format that models are written in. */
export type ExportFormatName = (typeof EXPORT_FORMATS)[number];

/** The formats of other programs that hold the network, not only its weights. */
const NETWORK_FORMATS = ["onnx", "keras", "tfjs", "pytorch"] as const satisfies readonly ExportFormatName[];

/** The options of `exportModel`. */
export const EXPORT_OPTIONS = {
  /** Format of the files. */
  format: { kind: choice(EXPORT_FORMATS) },
  /** Weights in half precision (float16): files half as large. */
  half: { kind: flag(), default: false },
  /** Kernels as whole numbers of 8 bits, with a factor for each output channel: files a quarter as large. */
  int8: { kind: flag(), default: false },
  /** Leaves the scaling of pixels out of the network: who uses the files scales them. */
  withoutScaling: { kind: flag(), default: false, formats: NETWORK_FORMATS },
  /** Leaves out the softmax or sigmoid of the loss, which predictions go through: outputs are the sums before it, to train on. */
  logits: { kind: flag(), default: false, formats: NETWORK_FORMATS },
  /** Names of the classes, in the order of the outputs. Without it the model's own. */
  classNames: { kind: list(text()), optional: true },
  /** Name of the files, without their endings. */
  name: { kind: text(), default: "model" },
  /** Title and heading of the page. */
  title: { kind: text(), optional: true, formats: ["html"] },
  /**
   * Images that people give the network: a `drawing` on a pad, or a `photo` by dropping a file or by the camera. `auto`: a drawing for
   * grey images of up to 32 pixels, as digits are, else a photo.
   */
  input: { kind: choice(["auto", "drawing", "photo"]), optional: true, formats: ["html"] },
} as const satisfies OptionSchema;

/** Options of {@link exportModel}. */
export interface ExportOptions extends OptionsOf<typeof EXPORT_OPTIONS> {}

/** The options, read. */
export type ExportSettings = ValuesOf<typeof EXPORT_OPTIONS>;
