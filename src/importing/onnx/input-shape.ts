import { InputRangeError } from "../../errors.ts";
import type { OnnxGraph, OnnxInput } from "../../formats/onnx/messages.ts";

/** The shape of images as a caller says it: height, width, channels. */
export type OpenShape = readonly [height: number, width: number, channels: number] | undefined;

/** Operators on the way from the input that say nothing of the order of its axes. */
const PASSING: readonly string[] = ["Cast", "Identity", "Sub", "Add", "Mul", "Div", "Pad", "Dropout", "Relu", "Clip"];

/** The order of axes that takes height, width, channels to channels, height, width, with the batch first. */
const TO_CHANNELS_FIRST = "0,3,1,2";

/** Most channels of a picture: these last are channels where nothing else tells. */
const PICTURE_CHANNELS: readonly number[] = [1, 3, 4];

/**
 * True if the input's axes are height, width, channels: where the file says so, where a transposition to channels first follows, or, where
 * nothing tells, the last one alone is such a number as pictures have.
 */
export function isChannelsLast({ name, dims, channelAxis }: OnnxInput, { nodes }: OnnxGraph): boolean {
  if (dims.length !== 4) return false;
  if (channelAxis !== undefined) return channelAxis === 3;
  const reached = new Set([name]);
  for (const { op, inputs, outputs, attributes } of nodes) {
    if (!inputs.some((input) => reached.has(input))) continue;
    const order = attributes.get("perm");
    if (op === "Transpose") return order?.kind === "numbers" && order.value.join() === TO_CHANNELS_FIRST;
    if (!PASSING.includes(op)) {
      const isPicture = (extent: number | string) => PICTURE_CHANNELS.some((count) => count === extent);
      return ["Reshape", "Flatten", "Shape"].includes(op) && isPicture(dims[3]) && !isPicture(dims[1]);
    }
    for (const output of outputs) reached.add(output);
  }
  return false;
}

/**
 * The shape of the input with the batch first: where the file leaves the batch open it is one image.
 *
 * @param open the shape that the caller says, for extents that the file leaves open
 * @throws RangeError for extents that nobody says, or that the file says otherwise
 */
export function inputDims(input: OnnxInput, graph: OnnxGraph, who: string, open: OpenShape): readonly number[] {
  const { name, dims } = input;
  if (dims.length === 0) throw new InputRangeError(who, "an input of images with a shape", "none", "unsupported-file");
  const [height, width, channels] = open ?? [];
  const said = isChannelsLast(input, graph) ? [height, width, channels] : [channels, height, width];
  return dims.map((extent, axis) => {
    const own = typeof extent === "number" && extent > 0 ? extent : undefined;
    if (axis === 0) return own ?? 1;
    const given = dims.length === 4 ? said[axis - 1] : undefined;
    const title = `${who}: input ${JSON.stringify(name.slice(0, 80))}`;
    if (own === undefined && given === undefined) {
      const advice = "shape says height, width and channels";
      throw new InputRangeError(title, "a size along each axis", `[${dims}]`, "missing", { advice });
    }
    if (own !== undefined && given !== undefined && own !== given) {
      throw new InputRangeError(title, `the file's own size, ${own}, at axis ${axis}`, `${given}`, "contradiction");
    }
    return own ?? given ?? 1;
  });
}
