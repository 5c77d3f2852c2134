import { all, input } from "../operand.ts";
import { type ExtraRows, oneInput } from "../row.ts";

/** Rows of the kernels of channel dropout and noise. */
export const noiseRows = {
  drop_channels: (x, y, positions, channels, _rate, key) => [
    ...oneInput(x, y, positions * channels),
    input(all(4), key),
  ],
  gaussian_noise: (x, y, size, _deviation, key) => [...oneInput(x, y, size), input(all(4), key)],
} satisfies ExtraRows;
