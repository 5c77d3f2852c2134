import { isRecord } from "../../json.ts";

/** Names of layers that version 1 of Keras had others for. */
const CLASSES: Readonly<Record<string, string>> = {
  Convolution1D: "Conv1D",
  AtrousConvolution1D: "Conv1D",
  Convolution2D: "Conv2D",
  AtrousConvolution2D: "Conv2D",
  SeparableConvolution2D: "SeparableConv2D",
};

/** Names of options in version 1, and what they were called from version 2 on. */
const KEYS: Readonly<Record<string, string>> = {
  nb_filter: "filters",
  border_mode: "padding",
  subsample: "strides",
  subsample_length: "strides",
  filter_length: "kernel_size",
  pool_length: "pool_size",
  stride: "strides",
  atrous_rate: "dilation_rate",
  bias: "use_bias",
  output_dim: "units",
  init: "kernel_initializer",
  p: "rate",
  concat_axis: "axis",
};

/** The values of `dim_ordering`, and those of `data_format`. */
const FORMATS: Readonly<Record<string, string>> = { tf: "channels_last", th: "channels_first" };

/** A layer of version 1 as later versions describe it. */
export function fromVersionOne(className: string, config: unknown): { className: string; config: unknown } {
  if (!isRecord(config)) return { className, config };
  const renamed = Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      const isRate = key === "p" && !/Dropout/.test(className);
      return [isRate || !Object.hasOwn(KEYS, key) ? key : KEYS[key], value];
    }),
  );
  const { dim_ordering: ordering, nb_row: rows, nb_col: columns } = config;
  const isKnown = typeof ordering === "string" && Object.hasOwn(FORMATS, ordering);
  return {
    className: Object.hasOwn(CLASSES, className) ? CLASSES[className] : className,
    config: {
      ...renamed,
      ...(isKnown && { data_format: FORMATS[ordering] }),
      ...(rows !== undefined && { kernel_size: [rows, columns] }),
    },
  };
}
