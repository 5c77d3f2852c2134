import type { Dataset } from "../data/dataset.ts";
import { createEngine, type Engine, engineChoice } from "../engine/engine.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { InputRangeError, InputTypeError } from "../errors.ts";
import type { Mode } from "../layers/placed-layer.ts";
import { sizeOf } from "../layers/shape.ts";
import { isUint8Array } from "../numeric/array-kinds.ts";
import { RandomStream } from "../numeric/random.ts";
import type { Architecture } from "./architecture.ts";
import type { Loss, Optimizer } from "./contracts.ts";
import { expectTrained } from "./freezing.ts";
import type { Layout, NetworkOptions } from "./layout.ts";
import { type MemoryUse, memoryUse } from "./memory.ts";
import { planLayout } from "./memory-plan.ts";
import type { Parameters } from "./parameters.ts";
import { type BatchNumbers, copyImages, copyTargets, type Targets } from "./staging.ts";
import { type Pixels, Tapes } from "./tapes.ts";
import { Turns } from "./turns.ts";

/** An architecture with memory: it stages batches and runs training steps, evaluation and prediction on them. */
export class Network {
  readonly architecture: Architecture;
  readonly engine: Engine;
  readonly batchSize: number;
  readonly loss: Loss | undefined;
  readonly optimizer: Optimizer | undefined;
  /** @internal */
  readonly parameters: Parameters;
  /** Order of the calls that cannot use the network at the same time. @internal */
  readonly turns = new Turns();
  readonly #layout: Layout;
  /** A random stream for each layer that draws numbers. */
  readonly #streams: readonly RandomStream[];
  readonly #tapes: Tapes;
  readonly #pixels: number;
  #staged: Pixels = "bytes";
  /** True if the staged targets are a share of each class. */
  #isSoft = false;
  /** The tape by which the weights are packed now: see `Tapes.packing`, and `Tapes.frozenPacking` after a training step. */
  #packing: Tape | undefined;
  #version = 0;
  /** Elements of each output. */
  readonly #outputSizes: readonly number[];
  /** Offsets of the outputs of the last forward pass. */
  #outputs: readonly number[] = [];
  /** Computes the gradients that the last training step deferred. */
  #deferredGradients: Tape | undefined;

  private constructor(architecture: Architecture, options: NetworkOptions, layout: Layout, engine: Engine) {
    this.architecture = architecture;
    this.engine = engine;
    this.batchSize = options.batchSize;
    this.loss = options.loss;
    this.optimizer = options.optimizer;
    this.parameters = layout.parameters;
    this.#layout = layout;
    this.#pixels = sizeOf(architecture.input.shape);
    this.#outputSizes = [...architecture.outputShapes.values()].map(sizeOf);
    const dropout = RandomStream.from(options.seed, "dropout");
    this.#streams = layout.randomKeys.map((_, layer) => dropout.child(layer));
    this.#tapes = new Tapes(architecture, options, layout);
    const { heap } = engine;
    const { scale, offset } = architecture.input;
    heap.set(scale, layout.scale.offset);
    heap.set(offset, layout.offset.offset);
    // Pixels that an augmentation moves in from outside are raw zeros.
    if (layout.fill !== undefined) heap.set(offset, layout.fill.offset);
    heap.set(options.loss?.numbers ?? [], layout.lossNumbers.offset);
    layout.parameters.initialize(heap, options.seed);
  }

  /**
   * Plans the memory, allocates it once, and gives the parameters their initial values.
   *
   * @throws RangeError if the loss does not fit the outputs, or the host lacks the engine or the memory
   * @internal
   */
  static async create(architecture: Architecture, options: NetworkOptions): Promise<Network> {
    if (options.optimizer !== undefined) expectTrained(architecture, "compile");
    const { layout, elements } = planLayout(architecture, options, engineChoice(options).threads);
    const engine = await createEngine(elements, options, layout.kernels.length > 0);
    return new Network(architecture, options, layout, engine);
  }

  /** Ends the engine's threads: the network cannot run any more. @internal */
  dispose(): void {
    this.engine.dispose();
  }

  /** True if the network calls kernels of the extra file. @internal */
  get extra(): boolean {
    return this.#layout.kernels.length > 0;
  }

  /** A view of `size` elements of the heap. @internal */
  view(offset: number, size: number) {
    return this.engine.heap.subarray(offset, offset + size);
  }

  /** Puts the optimizer's numbers back to zero, for a new run. @internal */
  resetOptimizer(): void {
    for (const region of this.regions) {
      if (region.kind === "optimizer") this.view(region.offset, region.size).fill(0);
    }
    this.#changed();
  }

  /**
   * Notes that parameters or numbers of the optimizer were written from outside; must be called after that.
   * @internal
   */
  parametersChanged(): void {
    this.#changed();
  }

  /**
   * A number that changes whenever parameters or numbers of the optimizer change in any way but by `update`.
   * @internal
   */
  get version(): number {
    return this.#version;
  }

  #changed(): void {
    this.#version++;
    this.#packing = undefined;
  }

  /**
   * Copies the raw pixels of `n` images into the input; image i is `indices[begin + i]`, or begin + i itself.
   * @internal
   */
  stageImages(images: Dataset["images"], n: number, begin: number, indices?: Uint32Array): void {
    this.#staged = isUint8Array(images) ? "bytes" : "floats";
    copyImages(this.engine, this.#layout.staging.offset, this.#pixels, images, n, begin, indices);
  }

  /** Copies what the loss reads of the same images: classes or values, and their weights. @internal */
  stageTargets(targets: Targets, n: number, begin: number, indices?: Uint32Array, numbers: BatchNumbers = {}): void {
    const { heap } = this.engine;
    this.#isSoft = copyTargets(heap, this.#tapes.targetPlaces, this.loss, targets, n, begin, indices, numbers);
  }

  /** The place for the transforms of the next augmented step: `TRANSFORM_FLOATS` per image. @internal */
  get transforms() {
    const { transforms } = this.#layout;
    if (transforms === undefined)
      throw new InputTypeError("augment", "a model compiled with an optimizer", "none", "wrong-time");
    return this.view(transforms.offset, transforms.size);
  }

  /**
   * Runs one training step on the staged batch: forward, loss, backward, update.
   *
   * @param n images in the batch
   * @param step optimizer step, from 1: dropout and bias correction depend on it
   * @param augmented true: applies the transforms
   * @internal
   */
  trainStep(n: number, step: number, learningRate: number, augmented: boolean): void {
    this.#writeStepNumbers(step, learningRate, 0);
    const { tape, outputs, deferredGradients } = this.#tapes.training(n, this.#staged, augmented, this.#isSoft);
    this.#packFrozen();
    this.engine.run(tape);
    this.#outputs = outputs;
    this.#deferredGradients = deferredGradients;
    this.#version++;
  }

  /** Packs the weights that training steps do not pack anew, unless they are packed. */
  #packFrozen(): void {
    this.#pack(this.#tapes.frozenPacking());
  }

  #pack(packing: Tape): void {
    if (this.#packing !== packing) this.engine.run(packing);
    this.#packing = packing;
  }

  /** Completes the gradients of the last training step, while their inputs are still in memory. */
  #settleGradients(): void {
    if (this.#deferredGradients !== undefined) this.engine.run(this.#deferredGradients);
    this.#deferredGradients = undefined;
  }

  /**
   * The first half of a step on a part of its batch: the part's share in the gradient of the batch's mean loss. The
   * shares of all parts add up to the gradient of the batch; running statistics move by those of the part.
   *
   * @param n images of the part, which are staged
   * @param step optimizer step, from 1
   * @param augmented true: applies the transforms
   * @param begin images of the batch before this part
   * @param images images of the whole batch
   * @internal
   */
  partialGradients(n: number, step: number, augmented: boolean, begin: number, images: number): void {
    this.#writeStepNumbers(step, 0, begin);
    this.#packFrozen();
    const { tape, outputs } = this.#tapes.gradients(n, this.#staged, augmented, this.#isSoft, images);
    this.engine.run(tape);
    this.#outputs = outputs;
    this.#deferredGradients = undefined;
  }

  /**
   * Adds values to the gradients, from element `begin` of `parameters.gradients` on. They pass through the memory of
   * staged images, which is overwritten.
   * @internal
   */
  addToGradients(begin: number, values: Float32Array): void {
    const { heap, kernels } = this.engine;
    const { offset, size } = this.#layout.staging;
    for (let at = 0; at < values.length; at += size) {
      const passed = values.subarray(at, at + size);
      heap.set(passed, offset);
      const target = this.parameters.gradients.offset + begin + at;
      kernels.add(0, passed.length, target, offset, target, 1);
    }
  }

  /** Runs the second half of a step: the update by the gradients that are in the heap now. @internal */
  update(step: number, learningRate: number): void {
    this.#writeStepNumbers(step, learningRate, 0);
    this.engine.run(this.#tapes.update());
    // Only frozen weights are packed as before.
    if (this.#packing !== this.#tapes.frozenPacking()) this.#packing = undefined;
  }

  /**
   * Writes the numbers of a step: learning rate, corrections, random keys.
   *
   * @param begin images of the batch before the first staged one: each place in the batch draws its own numbers
   */
  #writeStepNumbers(step: number, learningRate: number, begin: number): void {
    const { optimizer } = this;
    if (optimizer === undefined)
      throw new InputTypeError("train", "a model compiled with an optimizer", "none", "wrong-time");
    const { heap } = this.engine;
    const { hyper, randomKeys } = this.#layout;
    heap.set(optimizer.hyper(step, learningRate), hyper.offset);
    for (let layer = 0; layer < randomKeys.length; layer++) {
      const stream = this.#streams[layer].child(step);
      const { region, draws } = randomKeys[layer];
      const { offset } = region;
      // The key is added to the index of a draw.
      const key0 = (stream.key0 + begin * draws) >>> 0;
      heap[offset] = key0 & 0xffff;
      heap[offset + 1] = key0 >>> 16;
      heap[offset + 2] = stream.key1 & 0xffff;
      heap[offset + 3] = stream.key1 >>> 16;
    }
  }

  /** Runs the staged batch forward and, if the targets are staged, computes its losses. @internal */
  evaluate(n: number, mode: Mode, withLoss: boolean): void {
    if (!this.#layout.modes.has(mode)) {
      throw new InputRangeError(
        "evaluate",
        "running statistics in a large network that only predicts",
        "those of the batch",
        "wrong-time",
        { advice: "compile it with an optimizer" },
      );
    }
    this.#settleGradients();
    this.#pack(this.#tapes.packing(mode));
    const { tape, outputs } = this.#tapes.evaluation(n, this.#staged, mode, withLoss, withLoss && this.#isSoft);
    this.engine.run(tape);
    this.#outputs = outputs;
  }

  /** Losses [n], and right answers [n] for a loss with classes, after a step or an evaluation with loss. @internal */
  results(n: number) {
    return { losses: this.view(this.#layout.losses.offset, n), correct: this.view(this.#layout.correct.offset, n) };
  }

  /**
   * The model's predictions [n, elements] after an evaluation, through the loss's activation if it has one; after a training step its
   * outputs, as they are before that.
   *
   * @param output index of the output
   * @internal
   */
  predictions(n: number, output = 0) {
    return this.view(this.#outputs[output], n * this.#outputSizes[output]);
  }

  /** All regions of the heap, for tests and the memory map. @internal */
  get regions(): readonly Region[] {
    return this.#layout.plan.regions;
  }

  /** Bytes of memory by kind of region, and of the whole heap. */
  memory(): MemoryUse {
    const { name, heap } = this.engine;
    const { batchSize } = this;
    return memoryUse(this.#layout.plan, heap.BYTES_PER_ELEMENT, {
      engine: name,
      batchSize,
      total: heap.buffer.byteLength,
    });
  }

  /** The gradient of a parameter after the last step. @internal */
  gradient(name: string) {
    const { gradient } = this.parameters.get(name);
    if (gradient === undefined)
      throw new InputTypeError("gradient", "a trained parameter", `"${name}"`, "unknown-name");
    this.#settleGradients();
    return this.view(gradient.offset, gradient.size);
  }
}
