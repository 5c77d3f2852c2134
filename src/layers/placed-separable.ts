import type { ExtraRows } from "../engine/operands/row.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { LayerDefinition } from "./layer.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, Mode, PlacedLayer, Site } from "./placed-layer.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** Two convolutions, of which the second takes the output of the first, with the memory between them. */
export class PlacedSeparable implements PlacedLayer {
  readonly kernels: ExtraRows | undefined;
  readonly #depthwise: PlacedLayer;
  readonly #pointwise: PlacedLayer;
  /** The output of the first one. */
  readonly #z: Region;
  readonly #dz: Region | undefined;

  /** @param between shape of the first one's output */
  constructor(site: Site, depthwise: LayerDefinition, pointwise: LayerDefinition, between: Shape) {
    const size = site.batch * sizeOf(between);
    this.#depthwise = depthwise.place(part(site, "depthwise", { output: between }));
    const inner = { inputs: [between], needsInputGradient: site.training, wanted: [site.training], stopsAtZero: false };
    this.#pointwise = pointwise.place(part(site, "pointwise", inner));
    const [first, second] = [this.#depthwise.kernels, this.#pointwise.kernels];
    this.kernels = first === undefined ? second : { ...first, ...second };
    this.#z = site.reserve("between", "activations", size);
    if (site.hasBackward) this.#dz = site.reserve("between dx", "activations", size);
  }

  pack(tape: Tape, mode: Mode, n: number): void {
    this.#depthwise.pack?.(tape, mode, n);
    this.#pointwise.pack?.(tape, mode, n);
  }

  packBackward(tape: Tape, n: number): void {
    this.#depthwise.packBackward?.(tape, n);
    this.#pointwise.packBackward?.(tape, n);
  }

  forward(tape: Tape, n: number, { x, y }: ForwardPlaces, mode: Mode): void {
    this.#depthwise.forward(tape, n, { x, y: this.#z.offset }, mode);
    this.#pointwise.forward(tape, n, { x: [this.#z.offset], y }, mode);
  }

  backward(tapes: BackwardTapes, n: number, { x, y, dy, dx }: BackwardPlaces): void {
    const z = this.#z.offset;
    const dz = this.#dz?.offset ?? 0;
    this.#pointwise.backward(tapes, n, { x: [z], y, dy, dx: [dz] });
    this.#depthwise.backward(tapes, n, { x, y: z, dy: dz, dx });
  }
}

/** The site of one of both: its kernel and its memory have that one's name before theirs. */
function part(site: Site, name: "depthwise" | "pointwise", own: Partial<Site>): Site {
  return {
    ...site,
    ...own,
    parameter: (parameter) => site.parameter(parameter === "kernel" ? `${name}Kernel` : parameter),
    reserve: (region, kind, size) => site.reserve(`${name} ${region}`, kind, size),
  };
}
