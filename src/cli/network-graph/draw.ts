import { curveBumpY, line } from "d3-shape";
import { ACTIVATIONS } from "../../layers/activation.ts";
import { element, escapeXml } from "../../markup.ts";
import type { ModelDescription } from "../../model/summary.ts";
import { BLUE, INK, label, MIDDLE, MUTED, ORANGE, shifted, svgDocument } from "../charts/svg.ts";
import { type Box, boxesOf, typeBeside } from "./boxes.ts";
import { type Drawing, inColumns } from "./columns.ts";
import { type Frame, framesOf } from "./frames.ts";
import type { Point, Rectangle } from "./geometry.ts";
import { type Arrow, layOut } from "./layout.ts";

/** Colours of a kind of layers: of the box, and of its edge. */
interface Look {
  readonly fill: string;
  readonly edge: string;
}

const GREY: Look = { fill: "#f4f6f8", edge: "#8a95a1" };
const CONVOLUTION: Look = { fill: "#e6f1f9", edge: BLUE };
const POOLING: Look = { fill: "#e4f4f0", edge: "#009e73" };
const ACTIVATION: Look = { fill: "#fdf6e0", edge: "#c29200" };
const NORMALIZATION: Look = { fill: "#f1ecf0", edge: "#a0708f" };
const MERGING: Look = { fill: "#fdeadf", edge: ORANGE };

const LOOKS: Readonly<Record<string, Look>> = {
  conv2d: CONVOLUTION,
  conv2dTranspose: CONVOLUTION,
  depthwiseConv2d: CONVOLUTION,
  separableConv2d: CONVOLUTION,
  dense: { fill: "#efeaf8", edge: "#7a5fb0" },
  batchNormalization: NORMALIZATION,
  layerNormalization: NORMALIZATION,
  groupNormalization: NORMALIZATION,
  maxPooling2d: POOLING,
  averagePooling2d: POOLING,
  globalAveragePooling2d: POOLING,
  globalMaxPooling2d: POOLING,
  adaptiveAveragePooling2d: POOLING,
  upSampling2d: POOLING,
  ...Object.fromEntries(Object.keys(ACTIVATIONS).map((type) => [type, ACTIVATION])),
};

const MARGIN = 24;
const HEADING = 84;
/** Radius of corners where arrows turn. */
const CORNER = 10;
const LINE = "#52606d";
const ARROW = element(
  "marker",
  {
    id: "arrow",
    viewBox: "0 0 8 8",
    refX: 7,
    refY: 4,
    markerWidth: 8,
    markerHeight: 8,
    orient: "auto",
    markerUnits: "userSpaceOnUse",
  },
  [element("path", { d: "M0,0.5L8,4L0,7.5Z", fill: LINE })],
);

/**
 * A network as an SVG file: a box for each layer with name, output shape and parameters, an arrow for each tensor that a layer
 * takes, a frame around each residual block.
 *
 * @param title such as the file's name
 * @example
 * await writeFileAtomic("keras.svg", await networkGraph(model.describe(), "keras"));
 */
export async function networkGraph(description: ModelDescription, title: string): Promise<string> {
  const boxes = boxesOf(description);
  const layout = await layOut(boxes);
  const drawing = inColumns(layout, framesOf(boxes, layout));
  const { parameters, trainable, multiplyAdds } = description;
  const number = (value: number) => value.toLocaleString("en-US");
  const trained = parameters === trainable ? "" : `, of which ${number(trainable)} are trained`;
  const totals = `${number(parameters)} parameters${trained}; ${number(multiplyAdds)} multiply-adds per image`;
  const width = Math.max(drawing.width, title.length * 10.5, totals.length * 6.8) + 2 * MARGIN;
  const left = (width - drawing.width) / 2;
  return svgDocument(Math.ceil(width), Math.ceil(HEADING + drawing.height + MARGIN), title, [
    label(MARGIN, 54, totals),
    element("defs", {}, [ARROW]),
    shifted(left, HEADING, parts(drawing, boxes)),
  ]);
}

function parts({ boxes: places, arrows, frames }: Drawing, boxes: readonly Box[]): readonly string[] {
  return [
    ...frames.map(drawFrame),
    ...arrows.map((arrow) => drawArrow(arrow, boxes)),
    ...frames.map(frameName),
    ...boxes.map((box, i) => drawBox(box, places[i], boxes)),
  ].map((part) => `\n${part}`);
}

function drawFrame({ path, x, y, width, height }: Frame): string {
  const look = { fill: INK, "fill-opacity": 0.035, stroke: "#cbd2d9", rx: 8 };
  return element("rect", { class: "block", "data-path": path, x, y, width, height, ...look });
}

/** The name of a block, over arrows that pass it. */
function frameName({ path, x, y, width }: Frame): string {
  const halo = { stroke: "#f6f7f7", "stroke-width": 4, "paint-order": "stroke" };
  return label(x + width - 10, y + 14, path, { "font-size": 11, "text-anchor": "end", ...halo });
}

function drawArrow({ from, to, points, isTurn = false }: Arrow, boxes: readonly Box[]): string {
  const title = element("title", {}, [escapeXml(`${boxes[from].path} to ${boxes[to].path}: ${boxes[from].shape}`)]);
  const look = { fill: "none", stroke: LINE, "stroke-width": 1.4, "marker-end": "url(#arrow)" };
  return element("path", { class: "tensor", d: isTurn ? rounded(points) : curve(points), ...look }, [title]);
}

const curve = (points: readonly Point[]): string =>
  line<Point>(
    (point) => Math.round(point.x * 10) / 10,
    (point) => Math.round(point.y * 10) / 10,
  ).curve(curveBumpY)([...points]) ?? "";

/** Lines with round corners. */
function rounded(points: readonly Point[]): string {
  const towards = (from: Point, to: Point): string => {
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const share = Math.min(CORNER, length / 2) / (length || 1);
    return `${from.x + (to.x - from.x) * share},${from.y + (to.y - from.y) * share}`;
  };
  const bends = points.slice(1, -1).map((point, i) => {
    const [before, after] = [points[i], points[i + 2]];
    return `L${towards(point, before)}Q${point.x},${point.y} ${towards(point, after)}`;
  });
  const [first, last] = [points[0], points[points.length - 1]];
  return `M${first.x},${first.y}${bends.join("")}L${last.x},${last.y}`;
}

function drawBox(box: Box, place: Rectangle, boxes: readonly Box[]): string {
  const { path, type, name, shape, parameters, inputs, width, height } = box;
  const { fill, edge } = LOOKS[type] ?? (inputs.length > 1 ? MERGING : GREY);
  const beside = typeBeside(box);
  const isTall = parameters !== "";
  const taken = inputs.map((input) => boxes[input].path).join(", ");
  const tip = [path, type, shape, parameters, taken && `takes ${taken}`].filter(Boolean).join("\n");
  const texts = [
    element(
      "text",
      { x: 12, y: isTall ? 16 : height / 2, dy: MIDDLE, fill: INK, "font-size": 13, "font-weight": 600 },
      [
        escapeXml(name),
        ...(beside === ""
          ? []
          : [element("tspan", { fill: MUTED, "font-weight": 400, "font-size": 12 }, [` ${escapeXml(beside)}`])]),
      ],
    ),
    isTall
      ? label(12, 33, shape, { dy: MIDDLE, fill: INK })
      : label(width - 12, height / 2, shape, { dy: MIDDLE, fill: INK, "text-anchor": "end" }),
    ...(isTall ? [label(width - 12, 33, parameters, { dy: MIDDLE, "text-anchor": "end" })] : []),
  ];
  return element("g", { class: "layer", "data-path": path, transform: `translate(${place.x},${place.y})` }, [
    element("title", {}, [escapeXml(tip)]),
    element("rect", { width, height, rx: inputs.length > 1 ? height / 2 : 6, fill, stroke: edge, "stroke-width": 1.2 }),
    ...texts,
  ]);
}
