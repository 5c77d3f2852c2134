/**
 * What a page and its worker say to each other. Both sides use the same types; what arrives is looked at before it counts.
 *
 * @module
 */

import type { DatasetInit } from "../data/dataset.ts";
import type { DigitsOptions } from "../data/digits/generate.ts";
import type { Pixels } from "../data/pixels.ts";
import type { DataFileInput } from "../data/read/data-file.ts";
import type { ReadData } from "../data/read/parts.ts";
import type { ReadSettings } from "../data/read/settings.ts";
import type { PixelScaling } from "../data/scaling.ts";
import type { Gear } from "../engine/gears.ts";
import { isRecord, type Json } from "../json.ts";
import type { ModelDescription } from "../model/summary.ts";
import { isArrayBuffer } from "../numeric/array-kinds.ts";
import type { Draw } from "../recipes/data-split.ts";
import type { Evaluation, PredictionSettings } from "../training/evaluate.ts";
import type { FitEvent } from "../training/events.ts";
import type { FitOptions } from "../training/fit-options.ts";
import type { LoadOptions } from "../training/load-model.ts";
import type { PredictOptions } from "../training/predict.ts";
import type { History } from "../training/trainer.ts";
import type { WhitenOptions } from "../training/whitening.ts";
import type {
  CheckpointNotes,
  LayerActivation,
  RemoteCompileOptions,
  RemoteDataset,
  RemoteEngine,
  RemoteFitOptions,
  RemoteReport,
} from "./contract.ts";

/** Page and worker may come from different files: both have to be of one version. */
export const PROTOCOL = 1;

/** What a data set's handle knows. */
export type DatasetInfo = Pick<RemoteDataset, "name" | "length" | "shape" | "classes" | "classNames" | "scaling"> & {
  readonly data: number;
};

/** The data sets that were read from files. */
export interface ReadInfo {
  readonly format: string;
  readonly train: DatasetInfo | undefined;
  readonly test: DatasetInfo | undefined;
  readonly notes: readonly string[];
}

/** What a model's handle knows. */
export interface ModelInfo {
  readonly model: number;
  readonly seed: number;
  readonly classNames: readonly string[] | undefined;
  readonly scaling: PixelScaling | undefined;
  readonly engine: RemoteEngine | undefined;
}

/** Compile options with optimizer and loss as model files keep them. */
export type CompileSettings = Omit<RemoteCompileOptions, "optimizer" | "loss"> & {
  readonly optimizer?: Json | undefined;
  readonly loss?: Json | undefined;
};

/** Load options in a worker. */
export type LoadSettings = LoadOptions & Pick<RemoteCompileOptions, "replicas">;

/** Fit options with the validation data as a number. */
export type FitSettings = Omit<RemoteFitOptions, "validation" | "checkpoint"> & Omit<FitOptions, "validation">;

type OfModel = { readonly model: number };
type OfData = { readonly data: number };
type ImagesToSee = { readonly images: Pixels | Uint8ClampedArray; readonly options: PredictOptions };
type OfRun = { readonly run: number };

/** What a page may ask for: each call with its one argument, and what it answers. */
export interface Calls {
  gears(none: null): readonly Gear[];
  digits(options: Partial<DigitsOptions>): DatasetInfo;
  readData(what: {
    readonly files: readonly DataFileInput[];
    readonly settings: ReadSettings;
    /** Where h5wasm is, if only the page knows. */
    readonly hdf5: string | undefined;
  }): ReadInfo;
  /** Takes what the page has read itself. */
  addRead(what: { readonly read: ReadData; readonly settings: ReadSettings }): ReadInfo;
  addDataset(init: DatasetInit): DatasetInfo;
  images(what: OfData & { readonly indices: readonly number[] }): {
    readonly images: Pixels;
    readonly labels: Uint8Array | Uint16Array | undefined;
  };
  slice(what: OfData & { readonly begin: number; readonly end: number }): DatasetInfo;
  split(what: OfData & { readonly part: number; readonly draw: Draw | undefined }): {
    readonly rest: DatasetInfo;
    readonly heldOut: DatasetInfo;
  };
  disposeData(what: OfData): void;

  createModel(what: { readonly architecture: Json; readonly seed: number }): ModelInfo;
  loadModel(what: { readonly file: Uint8Array; readonly options: LoadSettings }): ModelInfo;
  freeze(what: OfModel & { readonly prefix: string; readonly frozen: boolean }): void;
  compile(what: OfModel & { readonly options: CompileSettings }): RemoteEngine;
  fit(
    what: OfModel &
      OfData & {
        readonly validation: number | undefined;
        readonly checkpoint: Uint8Array | undefined;
        readonly options: FitSettings;
      },
  ): OfRun & Pick<ModelInfo, "classNames" | "scaling">;
  evaluate(what: OfModel & OfData & { readonly options: PredictionSettings }): Evaluation;
  report(what: OfModel & OfData & { readonly options: PredictionSettings }): RemoteReport;
  predict(what: OfModel & ImagesToSee): Float32Array;
  predictOutputs(what: OfModel & ImagesToSee): Readonly<Record<string, Float32Array>>;
  activations(what: OfModel & { readonly image: Pixels | Uint8ClampedArray }): readonly LayerActivation[];
  weights(what: OfModel): ReadonlyMap<string, readonly number[]>;
  getWeight(what: OfModel & { readonly name: string }): Float32Array;
  getGradient(what: OfModel & { readonly name: string }): Float32Array;
  setWeight(what: OfModel & { readonly name: string; readonly values: Float32Array }): void;
  whiten(what: OfModel & OfData & { readonly options: WhitenOptions }): void;
  describe(what: OfModel): ModelDescription;
  summary(what: OfModel): string;
  weightsSha256(what: OfModel): string;
  save(what: OfModel & { readonly run: Json | undefined }): Uint8Array;
  disposeModel(what: OfModel): void;

  /** Begins the first step: the page sends it once it had the chance to listen. */
  start(what: OfRun): void;
  /** Whether events are wanted. */
  listen(what: OfRun & { readonly on: boolean }): void;
  pause(what: OfRun): void;
  resume(what: OfRun): void;
  step(what: OfRun): void;
  stop(what: OfRun): History;
  setLearningRateFactor(what: OfRun & { readonly factor: number }): void;
  checkpoint(what: OfModel & OfRun & { readonly notes: CheckpointNotes | undefined }): Uint8Array;
}

export type CallName = keyof Calls;
export type Argument<K extends CallName> = Parameters<Calls[K]>[0];
export type Result<K extends CallName> = ReturnType<Calls[K]>;

/** The first message to a worker: it is to hold a session. */
export interface SessionMessage {
  readonly type: "session";
  readonly protocol: number;
}

/** One call, whichever it is. */
export type Request<K extends CallName = CallName> = {
  readonly [P in K]: { readonly type: "call"; readonly id: number; readonly call: P; readonly argument: Argument<P> };
}[K];

/** What a page sends. */
export type ToWorker = SessionMessage | Request;

/** Whether a message is the first one of a session. */
export function isSessionMessage(message: unknown): message is SessionMessage {
  return isRecord(message) && message.type === "session";
}

/** Whether a message is a call; of which name it is for the worker to see. */
export function isRequest(message: unknown): message is Request {
  return isRecord(message) && message.type === "call" && typeof message.id === "number";
}

/** An error as it crosses. */
export interface ErrorMessage {
  readonly kind: "TypeError" | "RangeError" | "Error";
  readonly message: string;
}

/** What a worker sends. */
export type ToPage =
  | { readonly type: "ready"; readonly protocol: number; readonly life: string | undefined }
  | { readonly type: "result"; readonly id: number; readonly value: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: ErrorMessage }
  | { readonly type: "progress"; readonly id: number; readonly done: number; readonly total: number | undefined }
  | { readonly type: "events"; readonly run: number; readonly events: readonly FitEvent[] }
  | { readonly type: "end"; readonly run: number; readonly history: History }
  | { readonly type: "failed"; readonly run: number; readonly error: ErrorMessage };

const KINDS: readonly string[] = [
  "ready",
  "result",
  "error",
  "progress",
  "events",
  "end",
  "failed",
] satisfies ToPage["type"][];

/** Whether a message comes from the worker's side of this protocol. */
export function isToPage(message: unknown): message is ToPage {
  return isRecord(message) && typeof message.type === "string" && KINDS.includes(message.type);
}

/** What crosses of an error: class and text. */
export function encodeError(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) return { kind: "Error", message: String(error) };
  const kind = error instanceof TypeError ? "TypeError" : error instanceof RangeError ? "RangeError" : "Error";
  return { kind, message: error.message };
}

/** The error on the other side. */
export function decodeError({ kind, message }: ErrorMessage): Error {
  if (kind === "TypeError") return new TypeError(message);
  return kind === "RangeError" ? new RangeError(message) : new Error(message);
}

/** The memories of arrays in an answer that nobody else holds: they move in place of being copied. */
export function memoriesOf(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (isArrayBuffer(value.buffer)) found.add(value.buffer);
  } else if (Array.isArray(value)) {
    for (const item of value) memoriesOf(item, found);
  } else if (isRecord(value)) {
    for (const item of Object.values(value)) memoriesOf(item, found);
  }
  return found;
}
