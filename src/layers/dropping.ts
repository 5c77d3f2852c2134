// Shared parts of the layers that set a random share of their input to zero in training.

import { number } from "../options/kinds.ts";
import { keepingShape } from "./elementwise.ts";
import type { LayerDefinition, LayerHeader } from "./layer.ts";
import type { PlacedLayer, Site } from "./placed-layer.ts";

/** The share that is set to zero. */
export function dropRate() {
  return number({ minimum: 0, below: 1 });
}

/** The definition of a layer that sets a share of its input to zero in training, and does nothing in inference. */
export function dropping(header: LayerHeader, place: (site: Site) => PlacedLayer): LayerDefinition {
  return { ...keepingShape(header, place), alias: "inference", stopsAtZero: "inherits" };
}
