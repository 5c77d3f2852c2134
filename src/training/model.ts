import { matchClasses } from "../data/classes.ts";
import type { AnyDataset } from "../data/dataset.ts";
import type { PictureSource } from "../data/picture-source.ts";
import type { Pixels } from "../data/pixels.ts";
import { checkScaling, type PixelScaling } from "../data/scaling.ts";
import { InputRangeError, InputTypeError } from "../errors.ts";
import { encodeCheckpoint } from "../formats/checkpoint.ts";
import type { Json } from "../json.ts";
import { type Architecture, checkOneOutput } from "../model/architecture.ts";
import { withTrainable } from "../model/freezing.ts";
import { type MemoryUse, planMemory } from "../model/memory.ts";
import { Network } from "../model/network.ts";
import { describeModel, type ModelDescription, summarize } from "../model/summary.ts";
import type { ClassifyOptions, ClassScore } from "./classify.ts";
import { type CompileOptions, readCompileOptions } from "./compile-options.ts";
import { evaluate } from "./evaluate.ts";
import type { EvaluateOptions, Evaluation } from "./evaluation.ts";
import type { FitEvent } from "./events.ts";
import type { FitOptions } from "./fit-options.ts";
import { type History, historyOf } from "./history.ts";
import { makeTrainer } from "./make-trainer.ts";
import { expectLatest, modelContents, trainingContents } from "./model-contents.ts";
import { SEED } from "./model-settings.ts";
import type { PredictOptions } from "./predict.ts";
import { predicting } from "./predicting.ts";
import { withRates } from "./rates.ts";
import type { Trainer } from "./trainer.ts";
import { copyWeights, readWeight, writeWeight } from "./weights.ts";

/**
 * A network and all one does with it. Made by `createModel` or `loadModel`.
 * One run trains at a time. While it is under way, which is from its first event that is asked for to its end:
 *
 * | call | what happens |
 * |---|---|
 * | `fit`, `fitEvents`, another trainer's `run` | refused; `trainer()` alone makes one for later |
 * | `evaluate`, `predict` | right: they see the weights of one moment, and the next step waits for them |
 * | `freeze`, `unfreeze`, `resumeTrainer`, `compile` | refused; `compile` also while somebody evaluates or predicts, or compiles |
 * | `save`, `getWeight` | right: the weights of that moment; in `onEpochEnd` of a run that averages, the averaged ones |
 * | `setWeight` | right between two steps; refused while somebody evaluates, or averaged weights stand in place of the run's |
 * | `checkpoint` | right between two steps, as in the loop over `fitEvents`; refused in callbacks, and for another run than the latest |
 * | `stop`, `dispose` | end the run: its history ends with "interrupted" |
 */
export class Model {
  readonly seed: number;
  /** Names of the classes, where the training data had them: those of other data are matched by name. */
  classNames: readonly string[] | undefined;
  /**
   * The scaling that made the pixels of the latest training data of the numbers in their files, where its reader noted
   * that. `readData(files, { scaling: model.scaling })` reads other files alike, `scalePixels` and `scaleBytes` bring other
   * pixels to the same unit. Model files keep it.
   */
  scaling: PixelScaling | undefined;
  #architecture: Architecture;
  #network: Network | undefined;
  /** Counts what takes another network in the place of one. */
  #generation = 0;

  constructor(architecture: Architecture, seed: number) {
    this.#architecture = architecture;
    this.seed = SEED.read("model", "seed", seed);
  }

  /** The network on paper, with the layers that `freeze` has frozen. */
  get architecture(): Architecture {
    return this.#architecture;
  }

  /**
   * Freezes layers: the next `compile` leaves their weights and running statistics out of training. They keep their values,
   * have no gradient and nothing of the optimizer's; below the lowest trained layer nothing is computed backward; frozen batch
   * normalisation works with its running statistics in training too. As in Keras it takes a new `compile`, which keeps all
   * weights; until then a network that was compiled before evaluates and predicts, and `fit` is refused. Model files keep it.
   *
   * @param prefix path of a layer, or of a block for all layers in it: `conv2d`, `residual`, `residual/shortcut`
   * @throws TypeError, RangeError if there is none, with those that there are, or if a run is under way
   * @example
   * model.freeze("conv2d");
   * await model.compile({ optimizer: "adam", loss: "softmaxCrossEntropy" });
   */
  freeze(prefix: string): void {
    this.#setTrainable("freeze", prefix, false);
  }

  /** The opposite of `freeze`, with the same rules. */
  unfreeze(prefix: string): void {
    this.#setTrainable("unfreeze", prefix, true);
  }

  #setTrainable(who: string, prefix: string, trainable: boolean): void {
    this.#network?.turns.expectNoRun(who);
    this.#architecture = withTrainable(this.#architecture, prefix, trainable, who);
  }

  /**
   * Plans and allocates the memory, once and for all steps, and sets initial weights. Compiling again keeps the weights,
   * not the optimizer's state.
   *
   * @throws RangeError if the host lacks the engine or the memory, the model is at work, or with an optimizer all its layers are
   *   frozen
   */
  async compile(options: CompileOptions = {}): Promise<void> {
    const old = this.#network;
    const settings = { ...readCompileOptions(options), seed: this.seed };
    old?.turns.expectIdle("compile");
    const generation = ++this.#generation;
    const network = await Network.create(this.architecture, await withRates(settings, this.architecture));
    try {
      if (generation !== this.#generation) {
        const got = "another, or dispose(), before it was done";
        throw new InputRangeError("compile", "one call at a time", got, "wrong-time");
      }
      old?.turns.expectIdle("compile");
    } catch (error) {
      network.dispose();
      throw error;
    }
    if (old !== undefined) {
      copyWeights(old, network);
      old.dispose();
    }
    this.#network = network;
  }

  /**
   * The memory that `compile` will take with these options, without taking it. A total beyond 4 GiB does not fit.
   *
   * @throws TypeError, RangeError as `compile` does
   * @example
   * const { total } = model.planMemory({ optimizer: "adam", loss: "softmaxCrossEntropy", batchSize: 256 }); // bytes
   */
  planMemory(options: CompileOptions = {}): MemoryUse {
    return planMemory(this.architecture, readCompileOptions(options));
  }

  /** The network of a compiled model; throws before `compile` and after `dispose`. */
  get network(): Network {
    if (this.#network === undefined)
      throw new InputTypeError("model", "compile() to be called first", "no call", "wrong-time");
    return this.#network;
  }

  /**
   * Trains. Returns the figures of every epoch and why the training ended. One run at a time. A second `fit` goes on from
   * the weights, with new optimizer state and the same random numbers as the first.
   *
   * Classes are those of the first data that had names: other data, and validation, are matched by name.
   * The model takes over the data's `scaling`, and validation has to be scaled alike.
   *
   * @throws TypeError, RangeError if the data does not fit the model, or another run is under way
   * @example
   * const { epochs } = await model.fit(train, { epochs: 3, validation: test });
   */
  async fit(data: AnyDataset, options: FitOptions = {}): Promise<History> {
    this.network.turns.expectNoRun("fit");
    return historyOf(this.fitEvents(data, options));
  }

  /**
   * Trains step by step: an event after every step and every epoch. Leaving the loop ends the training there. Who takes
   * events by `next()` ends it with `return()`, or with `stop()` of the model.
   *
   * @throws RangeError at the first event if another run is under way
   * @example
   * for await (const event of model.fitEvents(train)) if (event.event === "step") console.log(event.loss);
   */
  fitEvents(data: AnyDataset, options: FitOptions = {}): AsyncGenerator<FitEvent, History> {
    return this.trainer(data, options).run();
  }

  /** A training run in hand: it can be checkpointed at any step and resumed. */
  trainer(data: AnyDataset, options: FitOptions = {}): Trainer {
    return makeTrainer(this, data, options);
  }

  /**
   * Loss and accuracy over a data set, with running statistics and each image as it is unless the options say otherwise.
   * Its classes are matched by name where both have names: it may lack some, or have them in another order.
   *
   * @throws TypeError, RangeError if the data does not fit the model, or for a wrong option
   * @example
   * const { accuracy } = await model.evaluate(test, { testTimeAugmentation: { shift: 1 } });
   */
  async evaluate(data: AnyDataset, options: EvaluateOptions = {}): Promise<Evaluation> {
    checkScaling("evaluate", data, this.scaling);
    return evaluate(this.network, matchClasses(data, this.classNames, "evaluate"), options);
  }

  /**
   * Predictions for raw images: class probabilities under a softmax loss, else the last layer's outputs.
   *
   * @param images pixels [n, h, w, c] in the unit of the training data set, which is 0 to 255 where it was stretched:
   *   `scalePixels(numbers, model.scaling)` makes them of numbers as in the training's files, `scaleBytes(bytes, model.scaling)`
   *   of pictures from 0 black to 255 white; a canvas' red, green, blue and alpha are refused, as far as they can be told, where
   *   the model has fewer channels: `resizeImage` makes an image of them; they must stay as they are until the promise resolves
   * @param options as in `evaluate`, and the shape of an image
   * @returns [n, outputs]
   * @throws TypeError, RangeError if they are not whole images of finite pixels, for a wrong option, or if the model has
   *   several outputs, which `predictOutputs` gives
   * @throws DivergedError if an output is NaN or infinite
   */
  async predict(images: Pixels | Uint8ClampedArray, options: PredictOptions = {}): Promise<Float32Array> {
    checkOneOutput(this.architecture, "predict", "; predictOutputs gives all");
    const [result] = await predicting(this.network, ({ predictImages }, network) =>
      predictImages(network, "predict", images, options),
    );
    return result;
  }

  /**
   * Predicts with a model of one or several outputs: an array [n, elements] for each, by the names of their layers.
   *
   * @throws as `predict`
   * @example
   * const x = input({ shape: [28, 28, 1], scale: 1 / 255 });
   * const features = conv2d({ name: "features", filters: 4, kernelSize: 5, strides: 3 }).apply(x);
   * const scores = dense({ name: "scores", units: 10 }).apply(flatten().apply(features));
   * const model = createModel({ inputs: x, outputs: [scores, features] });
   * await model.compile();
   * const { scores: first, features: second } = await model.predictOutputs(pixels); // [n, 10] and [n, 8, 8, 4]
   */
  async predictOutputs(
    images: Pixels | Uint8ClampedArray,
    options: PredictOptions = {},
  ): Promise<Record<string, Float32Array>> {
    return predicting(this.network, ({ predictOutputs }, network) => predictOutputs(network, images, options));
  }

  /**
   * The classes of a picture of any size, best first. It is brought to the size and the unit of the training's images.
   *
   * @returns the best five, or `topK`, with their scores, which are probabilities under a softmax loss
   * @throws TypeError, RangeError if it is no picture, or a damaged one; and as `predict`
   * @example
   * const [{ name, score }] = await model.classify("photo.jpg"); // such as "cat", 0.93
   */
  async classify(picture: PictureSource, options: ClassifyOptions = {}): Promise<ClassScore[]> {
    const { classify } = await import("./classify.ts");
    return classify(this, picture, options);
  }

  /** Names of all weights with their shapes, running statistics included. */
  weights(): ReadonlyMap<string, readonly number[]> {
    return new Map(this.architecture.parameters().map(({ name, shape }) => [name, shape]));
  }

  /** A copy of a weight's values. */
  getWeight(name: string): Float32Array {
    return readWeight(this.network, name);
  }

  /**
   * Sets a weight.
   *
   * @throws RangeError if there is none of that name, the number of values differs, or one is not finite in float32
   */
  setWeight(name: string, values: ArrayLike<number>): void {
    writeWeight(this.network, name, values);
  }

  /** Layers, shapes, parameters and memory as a table. */
  summary(): string {
    return summarize(this.describe());
  }

  /** The numbers of `summary`. Memory is that of the compiled network; none before `compile`. */
  describe(): ModelDescription {
    return describeModel(this.architecture, this.#network);
  }

  /**
   * A model file's bytes: architecture, weights and settings in the safetensors format. `loadModel` reads them.
   *
   * @param run notes on the training, for people; kept in the file's settings as `run`
   * @throws DivergedError if a weight is NaN or infinite, as no file of such a model could be read
   */
  save(run?: Json): Uint8Array {
    this.network.turns.expectSettled("save");
    const contents = { ...modelContents(this.network, this), model: this.#architecture.toJson() };
    return encodeCheckpoint(run === undefined ? contents : { ...contents, settings: { ...contents.settings, run } });
  }

  /**
   * The bytes of a checkpoint: a model file that also holds all that a run needs to go on. `resumeTrainer` reads them.
   *
   * @param trainer the run
   * @param settings what the caller needs to set the run up again; kept as it is
   * @throws DivergedError if a weight or a number of the optimizer is NaN or infinite
   * @throws RangeError if the run is not this model's latest, or in the middle of a step or a callback
   */
  checkpoint(trainer: Trainer, settings: Json = null): Uint8Array {
    expectLatest(this.network, trainer);
    const contents = modelContents(this.network, this);
    return encodeCheckpoint({ ...contents, training: trainingContents(trainer, settings) });
  }

  /**
   * Ends the run under way, if there is one: at once if it waits for its next event to be asked for, also where nobody will
   * ever do so, else before its next step. Its history ends with "interrupted", and it can be checkpointed.
   */
  stop(): void {
    this.#network?.turns.stop();
  }

  /**
   * Frees the memory and ends the threads, and with them a run under way; an `evaluate` or `predict` fails. The model can be
   * compiled again, with new weights.
   */
  dispose(): void {
    this.#generation += 1;
    this.stop();
    this.#network?.dispose();
    this.#network = undefined;
  }

  /** Disposes of it at the end of a block: `using model = await loadModel(file)`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
