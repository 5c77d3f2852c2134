import { InputRangeError } from "../errors.ts";
import { layerNames } from "../graph/build.ts";
import { type Architecture, checkOneOutput } from "./architecture.ts";
import { readArchitecture } from "./read-architecture.ts";

/** The option that says how many outputs a layer has, by the layer's type. */
const WIDTHS: { readonly [type: string]: string } = { dense: "units", conv2d: "filters" };

/** A network with another number of outputs. */
export interface NewHead {
  readonly architecture: Architecture;
  /** Paths of the layer that was changed, and of those after it: their weights have to be made anew. */
  readonly fresh: readonly string[];
}

/**
 * The same network with another number of outputs: that of the last dense or convolution layer is changed, in the way from the input
 * to the output.
 *
 * @throws RangeError for a network that does not end with such a layer, or whose outputs are not that layer's
 */
export function withOutputs(architecture: Architecture, outputs: number, who: string): NewHead {
  checkOneOutput(architecture, who);
  const fresh = pathsToHead(architecture);
  const head = fresh.at(-1);
  const names = layerNames(architecture.layers);
  const expected = "a model that ends with a dense or convolution layer, which gives its classes";
  if (head === undefined || !names.includes(head)) throw new InputRangeError(who, expected, names.join(", "));
  const layers = architecture.layers.map(({ config }, i) =>
    names[i] === head ? { ...config, [WIDTHS[config.type]]: outputs } : config,
  );
  const changed = readArchitecture({ ...architecture.toJson(), layers });
  if (changed.outputs === outputs) return { architecture: changed, fresh };
  const got = `one whose layer ${head} of ${outputs} makes ${changed.outputs} outputs`;
  throw new InputRangeError(who, expected, got, "shape-mismatch");
}

/**
 * The paths of nodes from the output back to the last dense or convolution layer; none where several ways meet behind it, or there is
 * no such layer.
 */
function pathsToHead({ graph: { nodes, outputs } }: Architecture): string[] {
  const paths: string[] = [];
  let { tensor } = outputs[0];
  for (;;) {
    const node = nodes.find(({ output }) => output === tensor);
    if (node === undefined || node.inputs.length !== 1) return [];
    paths.push(node.path);
    if (node.layer.type in WIDTHS) return paths;
    [tensor] = node.inputs;
  }
}
