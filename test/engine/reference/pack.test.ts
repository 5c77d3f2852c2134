import { describe, expect, it } from "vitest";
import { referenceBackend } from "../../../src/bench/arena.ts";
import { convolutionData, packBackward, packForward } from "../../../src/bench/calls/convolution.ts";
import { CONVOLUTIONS, type ConvolutionCase } from "../../../src/bench/convolution-cases.ts";
import { DEPTHWISE } from "../../../src/bench/depthwise-cases.ts";
import { resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");
const CASES = [...CONVOLUTIONS, ...DEPTHWISE].map((shape) => [shape.name, shape] as const);

/** Names every filter element by its place: w[tapRow, tapColumn, channel, filter], channel and filter within the group. */
function element(shape: ConvolutionCase, group: number, tap: number, channel: number, filter: number): number {
  const channels = shape.c / shape.groups;
  const filters = shape.k / shape.groups;
  if (channel >= channels || filter >= filters) return -1;
  return (tap * channels + channel) * shape.k + group * filters + filter;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Panels as a list of places in w, -1 for the zeros past the last column. */
function forwardOrder(shape: ConvolutionCase): number[] {
  const { r, s, c, k, groups } = shape;
  return range(groups).flatMap((group) =>
    range(Math.ceil(k / groups / 8)).flatMap((panel) =>
      range(r * s).flatMap((tap) =>
        range(c / groups).flatMap((channel) =>
          range(8).map((lane) => element(shape, group, tap, channel, panel * 8 + lane)),
        ),
      ),
    ),
  );
}

/** The phase of the input positions, counted in the padded input, that a tap reaches. */
function phase(tap: number, dilation: number, stride: number): number {
  return (tap * dilation) % stride;
}

function backwardOrder(shape: ConvolutionCase): number[] {
  const { r, s, c, k, groups, strideH, strideW, dilationH, dilationW } = shape;
  const taps = range(r * s)
    .map((tap) => ({ tap, row: Math.floor(tap / s), column: tap % s }))
    .map((tap) => ({ ...tap, down: phase(tap.row, dilationH, strideH), across: phase(tap.column, dilationW, strideW) }))
    .sort((a, b) => a.down - b.down || a.across - b.across || b.row - a.row || b.column - a.column);
  return range(groups).flatMap((group) =>
    range(Math.ceil(c / groups / 8)).flatMap((panel) =>
      taps.flatMap(({ tap }) =>
        range(k / groups).flatMap((filter) =>
          range(8).map((lane) => element(shape, group, tap, panel * 8 + lane, filter)),
        ),
      ),
    ),
  );
}

describe.each(CASES)("%s", (_name, shape) => {
  const data = convolutionData(shape);
  const valuesOf = (order: number[]) => order.map((place) => (place < 0 ? 0 : data.w[place]));

  it("packs for the forward pass", () => {
    expect([...resultOf(exact, packForward(shape, data), "panels")]).toEqual(valuesOf(forwardOrder(shape)));
  });

  it("packs for the data gradient", () => {
    expect([...resultOf(exact, packBackward(shape, data), "panels")]).toEqual(valuesOf(backwardOrder(shape)));
  });
});
