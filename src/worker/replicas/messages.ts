// What travels between the replicas of a network. Arrays are transferred wherever they are large.

import type { Gear, WasmGear } from "../../engine/gears.ts";
import { isRecord, type Json } from "../../json.ts";
import type { BatchSums } from "../../training/batch.ts";
import type { Evaluation, PredictionSettings } from "../../training/evaluate.ts";

/** The first message to a worker that is to be a replica. */
export interface ReplicaStart {
  readonly type: "replica";
  /** Its number, from 1; the leader is 0. */
  readonly index: number;
  readonly replicas: number;
  readonly architecture: unknown;
  readonly loss: Json;
  readonly optimizer: Json;
  readonly seed: number;
  /** Images of its part at most. */
  readonly batchSize: number;
  readonly gear: Gear;
  /** The gear's kernels, so that it need not look for them. */
  readonly kernels: { readonly gear: WasmGear; readonly module: WebAssembly.Module } | undefined;
  /** To the other replicas, by their numbers; none to the leader and to itself. */
  readonly ports: readonly (MessagePort | undefined)[];
}

/** Weights and the optimizer's numbers, as all replicas have to have them. */
export interface ReplicaState {
  readonly type: "state";
  /** All parameters, then each of the optimizer's numbers. */
  readonly values: readonly Float32Array<ArrayBuffer>[];
}

/** Asks for the state. */
export interface ReplicaQuestion {
  readonly type: "ask";
}

/** A step, and a replica's part in it. */
export interface ReplicaStep {
  readonly type: "step";
  readonly step: number;
  readonly learningRate: number;
  /** Images of the whole batch. */
  readonly images: number;
  /** None for a replica that gets no images this time. */
  readonly part: PartData | undefined;
}

/** Images of a part and all that belongs to them. */
export interface PartData {
  readonly pixels: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  readonly labels: Uint8Array | Uint16Array | undefined;
  readonly targets: Float32Array | undefined;
  readonly classes: number;
  readonly transforms: Float32Array | undefined;
}

/** Images to evaluate. */
export interface ReplicaEvaluation {
  readonly type: "evaluate";
  readonly part: PartData;
  readonly settings: PredictionSettings;
}

/** A part's share in what is added up: its gradients for the receiver to add, and what everyone adds for himself. */
export interface Share extends BatchSums {
  readonly type: "share";
  readonly gradients: Float32Array<ArrayBuffer>;
  readonly statistics: Float32Array;
  /** Memory of pixels, back to the leader. */
  readonly spare: ArrayBuffer | undefined;
}

/** Gradients that one replica has added up for all. */
export interface Sum {
  readonly type: "sum";
  readonly gradients: Float32Array<ArrayBuffer>;
}

/** What replicas tell each other. */
export type PeerMessage = Share | Sum;

/** What the leader tells a replica. */
export type ReplicaMessage =
  | ReplicaStart
  | ReplicaState
  | ReplicaQuestion
  | ReplicaStep
  | ReplicaEvaluation
  | PeerMessage;

/** What a replica tells the leader. */
export type ReplicaAnswer =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly reason: string }
  | { readonly type: "evaluated"; readonly evaluation: Evaluation }
  | ReplicaState
  | PeerMessage;

/** Whether this first message makes a worker a replica. */
export function isReplicaStart(message: unknown): message is ReplicaStart {
  return isRecord(message) && message.type === "replica";
}

// What the library's own workers send needs no closer look.

const MESSAGES: ReadonlySet<unknown> = new Set(["replica", "state", "ask", "step", "evaluate", "share", "sum"]);
const ANSWERS: ReadonlySet<unknown> = new Set(["ready", "failed", "evaluated", "state", "share", "sum"]);

/** Whether a message to a replica is one. */
export function isReplicaMessage(message: unknown): message is ReplicaMessage {
  return isRecord(message) && MESSAGES.has(message.type);
}

/** Whether a worker's message is a replica's. */
export function isReplicaAnswer(message: unknown): message is ReplicaAnswer {
  return isRecord(message) && ANSWERS.has(message.type);
}
