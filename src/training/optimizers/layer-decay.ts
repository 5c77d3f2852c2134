import { number } from "../../options/kinds.ts";
import type { OptionSchema } from "../../options/schema.ts";

/** The option of rates that fall with depth, which the small one-file build lacks. */
export const LAYER_DECAY = {
  /**
   * Factor of the learning rate from each layer to the one before it, such as 0.9. The first layers then learn slowest: for
   * fine-tuning, as in Howard & Ruder (2018).
   */
  layerDecay: { kind: number({ minimum: 0, below: 1 }), optional: true, rare: true },
} as const satisfies OptionSchema;
