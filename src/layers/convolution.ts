import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { ConvolutionGeometry } from "./geometry.ts";
import { fans, type Initializer } from "./initializers.ts";
import {
  type BackwardTapes,
  imageShape,
  type Layer,
  type ParameterSpec,
  type PlacedLayer,
  type Shape,
  type Site,
  sizeOf,
} from "./layer.ts";
import type { LayerConfig } from "./options.ts";

/** Floats in a column of the panels that the matrix kernels read. */
const PANEL = 8;

/** What `conv2d` and `depthwiseConv2d` have in common, once their options are read. */
export interface ConvolutionSettings {
  readonly config: LayerConfig;
  readonly activation: Layer | undefined;
  /** Filters for a number of input channels. */
  readonly filters: (channels: number) => number;
  readonly groups: (channels: number) => number;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly bias: "none" | "shared" | "untied";
  readonly geometry: (h: number, w: number, who: string) => ConvolutionGeometry;
}

/** Sizes of a convolution for one input shape. */
interface Dims extends ConvolutionGeometry {
  readonly c: number;
  readonly k: number;
  readonly groups: number;
}

/** The layer behind `conv2d` and `depthwiseConv2d`. */
export function convolution(settings: ConvolutionSettings): Layer {
  const dims = (input: Shape, who: string): Dims => {
    const [h, w, c] = imageShape(input, who);
    const groups = settings.groups(c);
    const k = settings.filters(c);
    if (c % groups !== 0)
      throw new RangeError(`${who}: expected input channels divisible by ${groups} groups, got ${c}`);
    return { ...settings.geometry(h, w, who), c, k, groups };
  };
  return {
    type: settings.config.type,
    config: settings.config,
    fusesRelu: true,
    activation: settings.activation,

    outputShape(input, who) {
      const { p, q, k } = dims(input, who);
      return [p, q, k];
    },

    parameters(input): readonly ParameterSpec[] {
      const { c, k, p, q, r, s, groups } = dims(input, settings.config.type);
      const shape = [r, s, c / groups, k];
      const kernelFans = fans(shape, "conv2d");
      const kernel: ParameterSpec = {
        name: "kernel",
        shape,
        role: "kernel",
        initializer: settings.kernelInitializer,
        fans: kernelFans,
      };
      if (settings.bias === "none") return [kernel];
      const biasShape = settings.bias === "untied" ? [p, q, k] : [k];
      return [
        kernel,
        { name: "bias", shape: biasShape, role: "bias", initializer: settings.biasInitializer, fans: kernelFans },
      ];
    },

    multiplyAdds(input) {
      const { c, k, p, q, r, s, groups } = dims(input, settings.config.type);
      return (p * q * k * r * s * c) / groups;
    },

    place(site) {
      const d = dims(site.input, site.path);
      const depthwise = d.groups === d.c && d.k === d.c;
      return depthwise ? new PlacedDepthwise(site, d, settings.bias) : new PlacedConvolution(site, d, settings.bias);
    },
  };
}

/** What both kinds share: padding, bias, the fused ReLU and the order of a backward pass. */
abstract class PlacedWindows implements PlacedLayer {
  protected readonly site: Site;
  protected readonly d: Dims;
  protected readonly kernel: Region;
  protected readonly kernelGradient: Region | undefined;
  readonly #bias: Region | undefined;
  readonly #biasGradient: Region | undefined;
  readonly #biasStride: number;
  readonly #y: Region;
  /** The input with its border of zeros; the input itself where there is no padding. */
  readonly #padded: Region | undefined;
  /** Gradient before the fused ReLU. */
  readonly #dz: Region | undefined;
  /** Output gradient with columns of zeros at its sides. */
  readonly #dzPadded: Region | undefined;
  readonly #dx: Region | undefined;
  #x = 0;

  constructor(site: Site, d: Dims, bias: "none" | "shared" | "untied") {
    const { batch, plan, path } = site;
    this.site = site;
    this.d = d;
    const kernel = site.parameter("kernel");
    this.kernel = kernel.value;
    this.kernelGradient = kernel.gradient;
    if (bias !== "none") {
      const place = site.parameter("bias");
      this.#bias = place.value;
      this.#biasGradient = place.gradient;
    }
    this.#biasStride = bias === "untied" ? d.k : 0;
    const outputs = sizeOf(site.output);
    this.#y = plan.reserve(`${path}/output`, "activations", batch * outputs);
    if (d.hp !== d.h || d.wp !== d.w) {
      this.#padded = plan.reserve(`${path}/padded`, "activations", batch * d.hp * d.wp * d.c);
    }
    if (!site.training) return;
    if (site.fuseRelu) this.#dz = plan.reserve(`${path}/dz`, "activations", batch * outputs);
    if (!site.needsInputGradient) return;
    if (d.wd !== d.q) {
      this.#dzPadded = plan.reserve(`${path}/dz padded`, "scratch", batch * d.p * d.wd * d.k);
    }
    this.#dx = plan.reserve(`${path}/dx`, "activations", batch * d.h * d.w * d.c);
  }

  protected abstract emitForward(tape: Tape, n: number, x: number, y: number, bias: Bias, lower: number): void;
  protected abstract emitData(tape: Tape, n: number, dy: number, dx: number): void;
  protected abstract emitWeights(tape: Tape, n: number, x: number, dy: number, dw: number): void;

  forward(tape: Tape, n: number, x: number): number {
    const { d } = this;
    this.#x = x;
    if (this.#padded !== undefined) {
      this.#x = this.#padded.offset;
      tape.add("pad2d", "sample", n, x, this.#x, d.h, d.w, d.c, d.padTop, d.padLeft, d.hp, d.wp);
    }
    const bias = { offset: this.#bias?.offset ?? 0, stride: this.#biasStride };
    const lower = this.site.fuseRelu ? 0 : Number.NEGATIVE_INFINITY;
    this.emitForward(tape, n, this.#x, this.#y.offset, bias, lower);
    return this.#y.offset;
  }

  backward({ samples, weights }: BackwardTapes, n: number, dy: number): number {
    const { d } = this;
    const outputs = sizeOf(this.site.output);
    let dz = dy;
    if (this.#dz !== undefined) {
      dz = this.#dz.offset;
      samples.add("relu_backward", "sample", n, this.#y.offset, dy, dz, outputs);
    }
    if (this.kernelGradient !== undefined) this.emitWeights(weights, n, this.#x, dz, this.kernelGradient.offset);
    if (this.#biasGradient !== undefined) {
      const columns = this.#biasGradient.size;
      const rows = (n * outputs) / columns;
      weights.add("bias_backward", "weight", columns, dz, this.#biasGradient.offset, rows, columns);
    }
    if (this.#dx === undefined) return 0;
    if (this.#dzPadded !== undefined) {
      const padded = this.#dzPadded.offset;
      samples.add("pad2d", "sample", n, dz, padded, d.p, d.q, d.k, 0, d.haloLeft, d.p, d.wd);
      dz = padded;
    }
    this.emitData(samples, n, dz, this.#dx.offset);
    return this.#dx.offset;
  }
}

interface Bias {
  /** 0 for none. */
  readonly offset: number;
  /** Elements from one output position's biases to the next: 0 where all share them. */
  readonly stride: number;
}

class PlacedConvolution extends PlacedWindows {
  readonly #panels: Region;
  readonly #panelsBackward: Region | undefined;

  constructor(site: Site, d: Dims, bias: "none" | "shared" | "untied") {
    super(site, d, bias);
    const taps = d.r * d.s * PANEL;
    const forward = this.#panelCount(d.k) * taps * (d.c / d.groups);
    this.#panels = site.plan.reserve(`${site.path}/panels`, "scratch", forward);
    if (site.training && site.needsInputGradient) {
      const backward = this.#panelCount(d.c) * taps * (d.k / d.groups);
      this.#panelsBackward = site.plan.reserve(`${site.path}/backward panels`, "scratch", backward);
    }
  }

  #panelCount(columns: number): number {
    return this.d.groups * Math.ceil(columns / this.d.groups / PANEL);
  }

  prepare(tape: Tape): void {
    const { d } = this;
    const rows = (d.r * d.s * d.c) / d.groups;
    const weights = this.kernel.offset;
    tape.add("pack_forward", "weight", this.#panelCount(d.k), weights, this.#panels.offset, rows, d.k, d.groups);
    if (this.#panelsBackward === undefined) return;
    tape.add(
      "pack_backward",
      "weight",
      this.#panelCount(d.c),
      weights,
      this.#panelsBackward.offset,
      d.r,
      d.s,
      d.c,
      d.k,
      d.groups,
      d.strideH,
      d.strideW,
      d.dilationH,
      d.dilationW,
    );
  }

  protected override emitForward(tape: Tape, n: number, x: number, y: number, bias: Bias, lower: number): void {
    const { d } = this;
    tape.add(
      "conv2d_forward",
      "sample",
      n,
      x,
      this.kernel.offset,
      this.#panels.offset,
      bias.offset,
      bias.stride,
      y,
      d.hp,
      d.wp,
      d.c,
      d.p,
      d.q,
      d.k,
      d.r,
      d.s,
      d.strideH,
      d.strideW,
      d.dilationH,
      d.dilationW,
      d.groups,
      lower,
    );
  }

  protected override emitData(tape: Tape, n: number, dy: number, dx: number): void {
    const { d } = this;
    tape.add(
      "conv2d_backward_data",
      "sample",
      n,
      dy,
      this.kernel.offset,
      this.#panelsBackward?.offset ?? 0,
      dx,
      d.h,
      d.w,
      d.c,
      d.p,
      d.wd,
      d.k,
      d.r,
      d.s,
      d.strideH,
      d.strideW,
      d.dilationH,
      d.dilationW,
      d.padTop,
      d.padLeft,
      d.haloLeft,
      d.groups,
    );
  }

  protected override emitWeights(tape: Tape, n: number, x: number, dy: number, dw: number): void {
    const { d } = this;
    tape.add(
      "conv2d_backward_weights",
      "weight",
      (d.r * d.s * d.c) / d.groups,
      x,
      dy,
      dw,
      n,
      d.hp,
      d.wp,
      d.c,
      d.p,
      d.q,
      d.k,
      d.r,
      d.s,
      d.strideH,
      d.strideW,
      d.dilationH,
      d.dilationW,
      d.groups,
    );
  }
}

class PlacedDepthwise extends PlacedWindows {
  protected override emitForward(tape: Tape, n: number, x: number, y: number, bias: Bias, lower: number): void {
    const { d } = this;
    tape.add(
      "depthwise_forward",
      "sample",
      n,
      x,
      this.kernel.offset,
      bias.offset,
      bias.stride,
      y,
      d.hp,
      d.wp,
      d.c,
      d.p,
      d.q,
      d.r,
      d.s,
      d.strideH,
      d.strideW,
      d.dilationH,
      d.dilationW,
      lower,
    );
  }

  protected override emitData(tape: Tape, n: number, dy: number, dx: number): void {
    const { d } = this;
    tape.add(
      "depthwise_backward_data",
      "sample",
      n,
      dy,
      this.kernel.offset,
      dx,
      d.h,
      d.w,
      d.c,
      d.p,
      d.wd,
      d.r,
      d.s,
      d.strideH,
      d.strideW,
      d.dilationH,
      d.dilationW,
      d.padTop,
      d.padLeft,
      d.haloLeft,
    );
  }

  protected override emitWeights(tape: Tape, n: number, x: number, dy: number, dw: number): void {
    const { d } = this;
    tape.add(
      "depthwise_backward_weights",
      "channel",
      d.c,
      x,
      dy,
      dw,
      n,
      d.hp,
      d.wp,
      d.c,
      d.p,
      d.q,
      d.r,
      d.s,
      d.strideH,
      d.strideW,
      d.dilationH,
      d.dilationW,
    );
  }
}
