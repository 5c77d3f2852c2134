import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import {
  type BackwardTapes,
  type Layer,
  type Mode,
  type ParameterPlace,
  type ParameterSpec,
  type PlacedLayer,
  type Shape,
  type Site,
  sizeOf,
} from "./layer.ts";
import { OptionReader } from "./options.ts";
import { Sequence } from "./sequence.ts";

export interface ResidualOptions {
  /** Layers of the way around, for where the shapes differ: often a 1 x 1 convolution. Default: the input itself. */
  shortcut?: readonly Layer[];
  name?: string;
}

/**
 * x + f(x), where f is a sequence of layers (He et al., 2016); any shape that f keeps, or `shortcut` brings to f's.
 *
 * Parameters are named `layer/parameter` for the layers of f, `shortcut/layer/parameter` for those of the shortcut.
 *
 * @throws RangeError where the two ways end in different shapes
 * @example
 * residual([conv2d({ filters: 16, kernelSize: 3, padding: "same" }), batchNormalization(), relu()]);
 */
export function residual(layers: readonly Layer[], options: ResidualOptions = {}): Layer {
  const { shortcut = [], name } = options;
  const description = {
    name,
    layers: layers.map(({ config }) => config),
    ...(shortcut.length > 0 && { shortcut: shortcut.map(({ config }) => config) }),
  };
  const reader = new OptionReader("residual", description, ["layers", "shortcut"]);
  if (layers.length === 0) throw new RangeError(`${reader.who}: expected at least one layer, got none`);
  if (layers.some(({ config }) => config.name === "shortcut")) {
    throw new RangeError(`${reader.who}: expected no layer named "shortcut", as the weights of the way around are`);
  }
  const ways = (input: Shape, who: string) => ({
    main: new Sequence(layers, input, `${who}/`),
    around: new Sequence(shortcut, input, `${who}/shortcut/`),
  });
  return {
    type: "residual",
    config: reader.config,

    outputShape(input, who) {
      const { main, around } = ways(input, name ?? "residual");
      if (main.output.join() !== around.output.join()) {
        throw new RangeError(
          `${who}: expected both ways to end in one shape, got [${main.output}] and [${around.output}] on the shortcut`,
        );
      }
      return main.output;
    },

    parameters(input): readonly ParameterSpec[] {
      const { main, around } = ways(input, "residual");
      const aside = around.parameters().map((spec) => ({ ...spec, name: `shortcut/${spec.name}` }));
      return [...main.parameters(), ...aside];
    },

    multiplyAdds(input) {
      const { main, around } = ways(input, "residual");
      return main.multiplyAdds() + around.multiplyAdds();
    },

    place(site) {
      const { main, around } = ways(site.input, site.path);
      const parameter = (parameterName: string): ParameterPlace => site.parameter(`shortcut/${parameterName}`);
      return new PlacedResidual(
        site,
        main.place(site),
        around.place({ ...site, path: `${site.path}/shortcut`, parameter }),
      );
    },
  };
}

class PlacedResidual implements PlacedLayer {
  readonly #size: number;
  readonly #inputSize: number;
  readonly #main: PlacedLayer;
  readonly #around: PlacedLayer;
  readonly #y: Region;
  readonly #dx: Region | undefined;

  constructor(site: Site, main: PlacedLayer, around: PlacedLayer) {
    this.#size = sizeOf(site.output);
    this.#inputSize = sizeOf(site.input);
    this.#main = main;
    this.#around = around;
    this.#y = site.plan.reserve(`${site.path}/sum`, "activations", site.batch * this.#size);
    if (site.training && site.needsInputGradient) {
      this.#dx = site.plan.reserve(`${site.path}/dx`, "activations", site.batch * this.#inputSize);
    }
  }

  prepare(tape: Tape, mode: Mode, n: number): void {
    this.#main.prepare?.(tape, mode, n);
    this.#around.prepare?.(tape, mode, n);
  }

  forward(tape: Tape, n: number, x: number, mode: Mode): number {
    const main = this.#main.forward(tape, n, x, mode);
    const around = this.#around.forward(tape, n, x, mode);
    tape.add("add", "sample", n, main, around, this.#y.offset, this.#size);
    return this.#y.offset;
  }

  backward(tapes: BackwardTapes, n: number, dy: number): number {
    const main = this.#main.backward(tapes, n, dy);
    const around = this.#around.backward(tapes, n, dy);
    if (this.#dx === undefined) return 0;
    tapes.samples.add("add", "sample", n, main, around, this.#dx.offset, this.#inputSize);
    return this.#dx.offset;
  }
}
