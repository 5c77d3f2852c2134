// Shared parts of merging layers: sums, products and others of several inputs, element by element.

import { InputRangeError } from "../errors.ts";
import type { LayerDefinition, LayerHeader } from "./layer.ts";
import { type LayerType, layerType } from "./layer-type.ts";
import type { PlacedLayer, Site } from "./placed-layer.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** Differences between merging layers. */
interface Merging {
  /** Most inputs. Default any number. */
  readonly most?: number;
  readonly passesGradient?: LayerDefinition["passesGradient"];
  /** Output shape for input shapes. Default: that of all. */
  readonly outputShape?: LayerDefinition["outputShape"];
  /**
   * Places the layer.
   *
   * @param size elements of a sample's output
   */
  place(size: number, site: Site): PlacedLayer;
}

/** A type of layers without options of their own that merge two or more inputs. */
export function mergingType(type: string, merging: Merging): LayerType<Record<never, never>> {
  return layerType(type, {}, (_, header) => mergingDefinition(header, merging));
}

/** The definition of such a layer. */
export function mergingDefinition(
  header: LayerHeader,
  { most, passesGradient, outputShape, place }: Merging,
): LayerDefinition {
  return {
    ...header,
    arity: [2, most ?? Number.POSITIVE_INFINITY],
    ...(passesGradient !== undefined && { passesGradient }),
    outputShape: outputShape ?? sameShape,
    parameters: () => [],
    multiplyAdds: () => 0,
    place: (site) => place(sizeOf(site.output), site),
  };
}

/** The shape that all inputs have. */
export function sameShape(inputs: readonly Shape[], who: string): Shape {
  const [first] = inputs;
  const other = inputs.find((shape) => shape.join() !== first.join());
  if (other === undefined) return first;
  throw new InputRangeError(who, "inputs of one shape", `[${first}] and [${other}]`, "shape-mismatch");
}
