// What merging layers have in common: sums, products and others of several inputs, element by element.

import {
  defineLayer,
  type Layer,
  type LayerDefinition,
  type PlacedLayer,
  type Shape,
  type Site,
  sizeOf,
} from "./layer.ts";
import { OptionReader } from "./options.ts";

/** What makes one merging layer different from another. */
interface Merging {
  readonly type: string;
  /** Most inputs. Default any number. */
  readonly most?: number;
  readonly passesGradient?: LayerDefinition["passesGradient"];
  /** Output shape for input shapes. Default: that of all. */
  readonly outputShape?: LayerDefinition["outputShape"];
  /** @param size elements of a sample's output */
  place(size: number, site: Site): PlacedLayer;
}

/** A layer without options of its own that merges two or more inputs. */
export function merging(options: object, merged: Merging): Layer {
  return defineLayer(mergingDefinition(options, merged));
}

/** The definition of such a layer. */
export function mergingDefinition(
  options: object,
  { type, most, passesGradient, outputShape, place }: Merging,
): LayerDefinition {
  const reader = new OptionReader(type, options, []);
  return {
    type,
    config: reader.config,
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
  if (other !== undefined) throw new RangeError(`${who}: expected inputs of one shape, got [${first}] and [${other}]`);
  return first;
}
