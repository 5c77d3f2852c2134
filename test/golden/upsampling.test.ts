import { expect, it } from "vitest";
import { type UpSamplingOptions, upSampling2d } from "../../src/layers/up-sampling2d.ts";
import { placeLayers } from "../layers/placed.ts";
import { describeEngines, expectNear, type GoldenArray, readGolden } from "./golden.ts";

const { x, cases } = readGolden<{
  readonly x: GoldenArray;
  readonly cases: readonly {
    readonly options: UpSamplingOptions & { readonly size: readonly [number, number] };
    readonly y: GoldenArray;
    readonly dy: GoldenArray;
    readonly dx: GoldenArray;
  }[];
}>("upsampling");

const [batch, ...shape] = x.shape;

describeEngines("upsampling on $name, against PyTorch", (engine) => {
  it.each(cases.map((item) => [JSON.stringify(item.options), item] as const))("with %s", async (_, item) => {
    const { options, y, dy, dx } = item;
    const placed = await placeLayers([upSampling2d(options)], shape, batch, engine.options);
    expect(placed.graph.outputs[0].tensor.shape).toEqual(y.shape.slice(1));
    // The shares of an output and its sum; a gradient's lines and their sum.
    const [sizeH, sizeW] = options.size;
    expectNear("y", placed.forward(x.values, "training"), y.values, engine.tolerance(8));
    const gradients = placed.backward(dy.values);
    expectNear("dx", gradients.get("input") ?? [], dx.values, engine.tolerance(4 * (sizeH + sizeW) + 8));
    placed.dispose();
  });
});
