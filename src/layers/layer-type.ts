import { type OptionSchema, readOptions, type ValuesOf } from "../options/schema.ts";
import { defineLayer, type Layer, type LayerDefinition, type LayerHeader } from "./layer.ts";
import { LAYER_OPTIONS, type LayerConfig } from "./options.ts";

/** The options of a type of layer: its own, and those that every layer has. */
export type LayerSchema<Own extends OptionSchema> = Own & typeof LAYER_OPTIONS;

/** A type of layer: its options, and how a layer is made of them. */
export interface LayerType<Own extends OptionSchema = OptionSchema> {
  /** Its name in model files, such as `conv2d`. */
  readonly type: string;
  readonly schema: LayerSchema<Own>;
  /**
   * A layer from options of unknown origin.
   *
   * @param place of the layer in its list, such as `layers[3]`, for messages
   * @throws TypeError, RangeError for an unknown or wrong option, starting with the type and name of the layer
   */
  create(options: object, place?: string): Layer;
}

/**
 * A type of layer from its options and the layer that follows from them.
 *
 * Beside it each layer declares an interface of its options and a function that makes it, by the same few lines: the names and comments
 * that editors and the documentation show stand at declarations alone, so no call can make them.
 *
 * @param own the options that it has besides those of every layer
 * @param define makes the layer of the options' values; `header` goes into it, `who` names it in messages about options
 * @example
 * const SCALE = layerType("scale", { factor: { kind: number() } } as const, ({ factor }, header) => ({ ...header, ... }));
 */
export function layerType<Own extends OptionSchema>(
  type: string,
  own: Own,
  define: (values: ValuesOf<LayerSchema<Own>>, header: LayerHeader, who: string) => LayerDefinition,
): LayerType<Own> {
  const schema: LayerSchema<Own> = { ...own, ...LAYER_OPTIONS };
  return {
    type,
    schema,
    create(options, place) {
      const { name }: { readonly name?: unknown } = options;
      // A right name first: it stands in the messages about all others.
      const placed = (title: string) => (place === undefined ? title : `${place} (${title})`);
      const isNamed = name !== undefined && name !== null;
      const who = placed(isNamed ? `${type} "${LAYER_OPTIONS.name.kind.read(placed(type), "name", name)}"` : type);
      const values = readOptions(who, schema, options);
      const config = layerConfig({ type, schema }, options, values);
      return defineLayer(define(values, { type, config }, who));
    },
  };
}

/** Options as files keep them: those that were given, inputs always as a list, and `trainable` only where it is not. */
function layerConfig({ type, schema }: Pick<LayerType, "type" | "schema">, options: object, read: object): LayerConfig {
  const values = new Map<string, unknown>(Object.entries(read));
  const { inputs: _, trainable: __, type: ___, ...given }: { readonly [key: string]: unknown } = { ...options };
  const config = Object.entries(given).map(([key, value]) => {
    const toJson = value === undefined || value === null ? undefined : schema[key].kind.toJson;
    return [key, toJson === undefined ? value : toJson(values.get(key))];
  });
  const frozen = values.get("trainable") === false ? { trainable: false } : {};
  const common = { inputs: values.get("inputs"), ...frozen };
  return { ...JSON.parse(JSON.stringify({ ...Object.fromEntries(config), ...common })), type };
}
