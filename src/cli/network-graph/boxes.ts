import { INPUT } from "../../graph/build.ts";
import type { LayerDescription, ModelDescription } from "../../model/summary.ts";
import type { BoxSpec } from "./layout.ts";

/** A box: its texts, and the boxes that it takes tensors from. */
export interface Box extends BoxSpec {
  readonly path: string;
  readonly type: string;
  /** The path without that of its block. */
  readonly name: string;
  readonly shape: string;
  /** Such as `320 parameters`; empty where there are none. */
  readonly parameters: string;
}

/** Heights of boxes with one line and with two. */
const LOW = 28;
const HIGH = 46;

/** About how wide letters are. */
const LETTER = { bold: 7.6, plain: 6.6 };

/** Room left and right of the text in a box, and between two texts. */
const MARGIN = 12;
const GAP = 14;

/** The boxes of a network: its input, then its layers. */
export function boxesOf({ input, layers }: ModelDescription): readonly Box[] {
  const places = new Map<string, number>();
  const blocks = blocksOf(layers);
  const texts = [
    { name: INPUT, path: INPUT, type: "", shape: shapeText(input), parameters: "", inputs: [], frame: [] },
    ...layers.map(({ name: path, type, output, parameters, inputs }, i) => {
      const taken = inputs.map((input) => places.get(input) ?? 0);
      places.set(path, i + 1);
      const frame = blocks.filter((block) => path === block || path.startsWith(`${block}/`));
      return {
        path,
        type,
        name: nameWithin(path, frame),
        shape: shapeText(output),
        parameters: parameterText(parameters),
        inputs: taken,
        frame,
      };
    }),
  ];
  const width = Math.max(...texts.map(widthOf));
  return texts.map((text) => ({ ...text, width, height: text.parameters === "" ? LOW : HIGH }));
}

/** The paths of residual blocks, outer ones first. */
function blocksOf(layers: readonly LayerDescription[]): readonly string[] {
  return layers
    .filter(({ name, type }) => type === "add" && layers.some((layer) => layer.name.startsWith(`${name}/`)))
    .map(({ name }) => name)
    .sort((a, b) => a.split("/").length - b.split("/").length);
}

/** A layer's name within the innermost block that it is in; the sum at the end of a block is called `add`. */
function nameWithin(path: string, frame: readonly string[]): string {
  const block = frame.at(-1);
  if (block === undefined) return path;
  return path === block ? "add" : path.slice(block.length + 1);
}

/** The type that stands beside a name; empty where the name begins with it. */
export function typeBeside({ name, type }: Pick<Box, "name" | "type">): string {
  return (name.split("/").at(-1) ?? "").startsWith(type) ? "" : type;
}

function widthOf(text: Pick<Box, "name" | "type" | "shape" | "parameters">): number {
  const type = typeBeside(text);
  const name = text.name.length * LETTER.bold + (type === "" ? 0 : (type.length + 1) * LETTER.plain);
  const shape = text.shape.length * LETTER.plain;
  const parameters = text.parameters.length * LETTER.plain;
  const inner = text.parameters === "" ? name + GAP + shape : Math.max(name, shape + GAP + parameters);
  return Math.ceil(inner + 2 * MARGIN);
}

function shapeText(shape: readonly number[]): string {
  return shape.join(" × ");
}

function parameterText(count: number): string {
  return count === 0 ? "" : `${count.toLocaleString("en-US")} ${count === 1 ? "parameter" : "parameters"}`;
}
