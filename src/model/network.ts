import type { Dataset } from "../data/dataset.ts";
import { chooseEngine, createEngine, type Engine } from "../engine/engine.ts";
import type { Region } from "../engine/plan.ts";
import { Tape } from "../engine/tape.ts";
import { type Mode, sizeOf } from "../layers/layer.ts";
import { RandomStream } from "../numeric/random.ts";
import type { Architecture } from "./architecture.ts";
import type { Loss, Optimizer } from "./contracts.ts";
import { type Layout, layOut, type NetworkOptions, NORM_BLOCK } from "./layout.ts";
import { type MemoryUse, memoryUse } from "./memory.ts";
import type { Parameters } from "./parameters.ts";

/** How the pixels of a batch were staged. */
type Pixels = "bytes" | "floats";

/** A tape that was written once for a batch size and mode, and where its pass leaves the outputs. */
interface Recording {
  readonly tape: Tape;
  readonly outputs: number;
}

// Kinds of tapes; what else tells them apart is added.
const PACK = 0;
const TRAIN = 1;
const EVALUATE = 5;

/** Bytes of activations that a chunk of samples may fill: a core's own cache and its share of the common one. */
const CACHE_BYTES = 2 ** 22;

/** Fewest samples of a chunk, and what its size is a multiple of: kernels work on several samples at once. */
const CHUNK = 16;

const MODES: readonly Mode[] = ["inference", "training", "batchStatistics", "calibration"];

/** An architecture with memory: it stages batches and runs training steps, evaluation and prediction on them. */
export class Network {
  readonly architecture: Architecture;
  readonly engine: Engine;
  readonly batchSize: number;
  readonly loss: Loss | undefined;
  readonly optimizer: Optimizer | undefined;
  readonly parameters: Parameters;
  readonly #layout: Layout;
  /** One for each layer that draws numbers. */
  readonly #streams: readonly RandomStream[];
  /** By kind and batch size: see `#key`. */
  readonly #recordings = new Map<number, Recording>();
  readonly #pixels: number;
  /** See `Tape.chunk`. */
  readonly #chunk: number;
  #staged: Pixels = "bytes";
  /** Whether weights changed since they were last packed for evaluation, which needs no panels for a backward pass. */
  #unpacked = true;
  /** Where the last forward pass left the outputs. */
  #outputs = 0;

  private constructor(architecture: Architecture, options: NetworkOptions, layout: Layout, engine: Engine) {
    this.architecture = architecture;
    this.engine = engine;
    this.batchSize = options.batchSize;
    this.loss = options.loss;
    this.optimizer = options.optimizer;
    this.parameters = layout.parameters;
    this.#layout = layout;
    this.#pixels = sizeOf(architecture.input.shape);
    const dropout = RandomStream.from(options.seed, "dropout");
    this.#streams = layout.randomKeys.map((_, layer) => dropout.child(layer));
    const bytes = (layout.plan.sizes().activations * Float32Array.BYTES_PER_ELEMENT) / options.batchSize;
    this.#chunk = Math.max(Math.floor(CACHE_BYTES / bytes / CHUNK), 1) * CHUNK;
    const { heap } = engine;
    const { scale, offset } = architecture.input;
    heap.set(scale, layout.scale.offset);
    heap.set(offset, layout.offset.offset);
    // Pixels that an augmentation moves in from outside are raw zeros.
    if (layout.fill !== undefined) heap.set(offset, layout.fill.offset);
    layout.parameters.initialize(heap, options.seed);
  }

  /**
   * Plans the memory, allocates it once, and gives the parameters their initial values.
   *
   * @throws RangeError if the loss does not fit the outputs, or the host lacks the gear or the memory
   */
  static async create(architecture: Architecture, options: NetworkOptions): Promise<Network> {
    const { output, outputs } = architecture;
    if (options.loss?.classes === true && output[output.length - 1] !== outputs) {
      const who = options.loss.config.type;
      throw new RangeError(`${who}: expected a last layer of [classes], got [${output}]; put flatten before it`);
    }
    const layout = layOut(architecture, options, chooseEngine(options).threads);
    const engine = await createEngine(layout.plan.freeze(), options);
    return new Network(architecture, options, layout, engine);
  }

  /** Ends the engine's threads: the network cannot run any more. */
  dispose(): void {
    this.engine.dispose();
  }

  /** A view of `size` elements of the heap. */
  view(offset: number, size: number) {
    return this.engine.heap.subarray(offset, offset + size);
  }

  /** Puts the optimizer's numbers back to zero, for a new run. */
  resetOptimizer(): void {
    for (const region of this.regions) {
      if (region.kind === "optimizer") this.view(region.offset, region.size).fill(0);
    }
  }

  /** Must be called after parameters were written from outside. */
  parametersChanged(): void {
    this.#unpacked = true;
  }

  /** Copies the raw pixels of `n` images into the input; image i is `indices[begin + i]`, or begin + i itself. */
  stageImages(images: Dataset["images"], n: number, begin: number, indices?: Uint32Array): void {
    const { offset } = this.#layout.staging;
    const size = this.#pixels;
    const { heap, bytes } = this.engine;
    const isBytes = images instanceof Uint8Array;
    this.#staged = isBytes ? "bytes" : "floats";
    const start = isBytes ? offset * heap.BYTES_PER_ELEMENT : offset;
    const target = isBytes ? bytes : heap;
    if (indices === undefined) {
      target.set(images.subarray(begin * size, (begin + n) * size), start);
      return;
    }
    // A view for each image is garbage, but three times faster than a loop over its numbers.
    for (let i = 0; i < n; i++) {
      const from = indices[begin + i] * size;
      target.set(images.subarray(from, from + size), start + i * size);
    }
  }

  /** Copies the targets of the same images: class indices, or values per output, as the loss wants. */
  stageTargets({ labels, targets, classes }: Dataset, n: number, begin: number, indices?: Uint32Array): void {
    const { heap } = this.engine;
    const { offset } = this.#layout.targets;
    for (let i = 0; i < n; i++) {
      const from = indices === undefined ? begin + i : indices[begin + i];
      if (labels !== undefined && this.loss?.classes === true) heap[offset + i] = labels[from];
      else if (targets !== undefined)
        heap.set(targets.subarray(from * classes, (from + 1) * classes), offset + i * classes);
    }
  }

  /** Where the transforms of the next augmented step go: `TRANSFORM_FLOATS` per image. */
  get transforms() {
    const { transforms } = this.#layout;
    if (transforms === undefined) throw new TypeError("augment: expected a model compiled with an optimizer, got none");
    return this.view(transforms.offset, transforms.size);
  }

  /**
   * One optimizer step on the staged batch: forward, loss, backward, update.
   *
   * @param n images in the batch
   * @param step optimizer step, from 1: dropout and bias correction depend on it
   * @param augmented whether to apply the transforms
   */
  trainStep(n: number, step: number, learningRate: number, augmented: boolean): void {
    const { optimizer } = this;
    if (optimizer === undefined) throw new TypeError("train: expected a model compiled with an optimizer, got none");
    this.#writeStepNumbers(optimizer, step, learningRate);
    const key = this.#key(TRAIN + (augmented ? 1 : 0) + (this.#staged === "bytes" ? 0 : 2), n);
    this.engine.run((this.#recordings.get(key) ?? this.#recordTraining(key, n, augmented)).tape);
    this.#unpacked = true;
  }

  #writeStepNumbers(optimizer: Optimizer, step: number, learningRate: number): void {
    const { heap } = this.engine;
    const { hyper, randomKeys } = this.#layout;
    heap.set(optimizer.hyper(step, learningRate), hyper.offset);
    for (let layer = 0; layer < randomKeys.length; layer++) {
      const { key0, key1 } = this.#streams[layer].child(step);
      const { offset } = randomKeys[layer];
      heap[offset] = key0 & 0xffff;
      heap[offset + 1] = key0 >>> 16;
      heap[offset + 2] = key1 & 0xffff;
      heap[offset + 3] = key1 >>> 16;
    }
  }

  /** Runs the staged batch forward and, if the targets are staged, computes its losses. */
  evaluate(n: number, mode: Mode, withLoss: boolean): void {
    if (this.#unpacked) {
      const key = this.#key(PACK, 0);
      this.engine.run((this.#recordings.get(key) ?? this.#recordPacking(key)).tape);
      this.#unpacked = false;
    }
    const kind = MODES.indexOf(mode) + (withLoss ? 4 : 0) + (this.#staged === "bytes" ? 0 : 8);
    const key = this.#key(EVALUATE + kind, n);
    const recording = this.#recordings.get(key) ?? this.#recordEvaluation(key, n, mode, withLoss);
    this.engine.run(recording.tape);
    this.#outputs = recording.outputs;
  }

  /** After a step or an evaluation with loss: losses [n], and right answers [n] for a loss with classes. */
  results(n: number) {
    return { losses: this.view(this.#layout.losses.offset, n), correct: this.view(this.#layout.correct.offset, n) };
  }

  /** After an evaluation: the model's predictions [n, outputs], through the loss's activation where it has one. */
  predictions(n: number) {
    return this.view(this.#outputs, n * this.architecture.outputs);
  }

  /** All regions of the heap, for tests and the memory map. */
  get regions(): readonly Region[] {
    return this.#layout.plan.regions;
  }

  /** Bytes of memory by what they are for, and of the whole heap. */
  memory(): MemoryUse {
    const { gear, heap } = this.engine;
    const { batchSize } = this;
    return memoryUse(this.#layout.plan, heap.BYTES_PER_ELEMENT, { gear, batchSize, total: heap.buffer.byteLength });
  }

  /** The gradient of a parameter as the last step left it. */
  gradient(name: string) {
    const { gradient } = this.parameters.get(name);
    if (gradient === undefined) throw new TypeError(`gradient: expected a trained parameter, got "${name}"`);
    return this.view(gradient.offset, gradient.size);
  }

  /** A number for each kind of tape and batch size: a text would be made anew at every step. */
  #key(kind: number, n: number): number {
    return kind * (this.batchSize + 1) + n;
  }

  // Each tape is written the first time it is wanted.

  #recordTraining(key: number, n: number, augmented: boolean): Recording {
    return this.#record(key, (tape) => this.#emitTraining(tape, n, augmented));
  }

  #recordPacking(key: number): Recording {
    return this.#record(key, (tape) => this.#emitPacking(tape));
  }

  #recordEvaluation(key: number, n: number, mode: Mode, withLoss: boolean): Recording {
    return this.#record(key, (tape) => this.#emitEvaluation(tape, n, mode, withLoss));
  }

  #record(key: number, emit: (tape: Tape) => number): Recording {
    const tape = new Tape(this.#chunk);
    const recording = { tape, outputs: emit(tape) };
    this.#recordings.set(key, recording);
    return recording;
  }

  #emitInput(tape: Tape, n: number, augmented: boolean): number {
    const { staging, images, scale, offset, augmented: target, transforms, fill } = this.#layout;
    const kernel = this.#staged === "bytes" ? "normalize_bytes" : "normalize_floats";
    const [h, w, c] = this.architecture.input.shape;
    tape.add(kernel, "sample", n, staging.offset, images.offset, this.#pixels, c, scale.offset, offset.offset);
    if (!augmented || target === undefined || transforms === undefined || fill === undefined) return images.offset;
    tape.add("augment", "sample", n, images.offset, target.offset, h, w, c, transforms.offset, fill.offset);
    return target.offset;
  }

  #emitLoss(tape: Tape, n: number, outputs: number): void {
    const { targets, losses, correct, gradient } = this.#layout;
    const places = {
      outputs,
      targets: targets.offset,
      losses: losses.offset,
      correct: correct.offset,
      gradient: gradient.offset,
    };
    this.loss?.emit(tape, n, places, this.architecture.outputs);
  }

  #emitPacking(tape: Tape): number {
    this.#layout.placed.prepare?.(tape, "inference", this.batchSize);
    return 0;
  }

  #emitTraining(tape: Tape, n: number, augmented: boolean): number {
    const { placed, gradient } = this.#layout;
    placed.prepare?.(tape, "training", n);
    const x = this.#emitInput(tape, n, augmented);
    const y = placed.forward(tape, n, x, "training");
    this.#emitLoss(tape, n, y);
    const weights = new Tape();
    placed.backward({ samples: tape, weights }, n, gradient.offset);
    tape.append(weights);
    this.#emitUpdate(tape);
    return y;
  }

  #emitUpdate(tape: Tape): void {
    const { optimizer } = this;
    const { parameters, hyper, normPartials } = this.#layout;
    const { decayed, free } = parameters.trained;
    const shift = parameters.gradientShift;
    if (normPartials !== undefined && optimizer?.clipNorm !== undefined) {
      const count = decayed.count + free.count;
      const blocks = Math.ceil(count / NORM_BLOCK);
      const partials = normPartials.offset;
      tape.add("gradient_norm", "parameter", blocks, decayed.offset + shift, partials, count);
      tape.add("gradient_clip", "single", 1, partials, blocks, hyper.offset, optimizer.clipNorm);
    }
    for (const { offset, count, decays } of [
      { ...decayed, decays: true },
      { ...free, decays: false },
    ]) {
      if (count === 0) continue;
      const slots = parameters.slotShifts.map((slotShift) => offset + slotShift);
      optimizer?.emit(tape, { count, values: offset, gradients: offset + shift, slots, decays, hyper: hyper.offset });
    }
  }

  #emitEvaluation(tape: Tape, n: number, mode: Mode, withLoss: boolean): number {
    const { placed, predictions } = this.#layout;
    const { outputs, sequence } = this.architecture;
    const x = this.#emitInput(tape, n, false);
    const y = placed.forward(tape, n, x, mode);
    if (withLoss) this.#emitLoss(tape, n, y);
    const activation = this.loss?.activation;
    // A last layer that already is the loss's activation was folded; one of another kind stays as it is.
    if (activation === undefined) return y;
    if (activation === "softmax") {
      const classes = sequence.output[sequence.output.length - 1];
      tape.add("softmax_forward", "sample", n, y, predictions.offset, outputs / classes, classes);
    } else {
      tape.add("sigmoid_forward", "sample", n, y, predictions.offset, outputs);
    }
    return predictions.offset;
  }
}
