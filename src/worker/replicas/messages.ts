// Messages between the replicas of a network. Large arrays are transferred.

import type { EngineName, WasmEngine } from "../../engine/engine-names.ts";
import type { ErrorRecord } from "../../error-records.ts";
import { isRecord, type Json } from "../../json.ts";
import type { BatchSums } from "../../training/batch.ts";
import type { Evaluation } from "../../training/evaluation.ts";
import type { PredictionSettings } from "../../training/prediction-settings.ts";

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
  /** Most images of its part. */
  readonly batchSize: number;
  readonly engine: EngineName;
  /** The engine's compiled kernels, so that the replica need not load them. */
  readonly kernels: { readonly engine: WasmEngine; readonly modules: readonly WebAssembly.Module[] } | undefined;
  /** Ports to the other replicas, by their numbers; none to the leader and to itself. */
  readonly ports: readonly (MessagePort | undefined)[];
}

/** Weights and the optimizer's numbers, which are the same in all replicas. */
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
  /** Images of the whole batch that count in the mean. */
  readonly counting: number;
  /** Undefined for a replica that gets no images this time. */
  readonly part: PartData | undefined;
  /** True: the predictions are counted, for metrics. */
  readonly counted: boolean;
}

/** Images of a part with their targets and transforms. */
export interface PartData {
  readonly pixels: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  readonly labels: Uint8Array | Uint16Array | undefined;
  readonly targets: Float32Array | undefined;
  readonly classes: number;
  /** Factor of each image's loss; undefined for 1 each. */
  readonly weights: Float64Array | undefined;
  /** A share of each class, where the batch has its own. */
  readonly softTargets: Float64Array | undefined;
  readonly transforms: Float32Array | undefined;
}

/** Images to evaluate. */
export interface ReplicaEvaluation {
  readonly type: "evaluate";
  readonly part: PartData;
  readonly settings: PredictionSettings;
}

/**
 * A part's share in the sums: its gradients, which the receiver adds, and numbers that every replica adds by itself.
 */
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

/** A message between replicas. */
export type PeerMessage = Share | Sum;

/** A message of the leader to a replica. */
export type ReplicaMessage =
  | ReplicaStart
  | ReplicaState
  | ReplicaQuestion
  | ReplicaStep
  | ReplicaEvaluation
  | PeerMessage;

/** A message of a replica to the leader. */
export type ReplicaAnswer =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly error: ErrorRecord }
  | { readonly type: "evaluated"; readonly evaluation: Evaluation }
  | ReplicaState
  | PeerMessage;

/** True for a first message that makes a worker a replica. */
export function isReplicaStart(message: unknown): message is ReplicaStart {
  return isRecord(message) && message.type === "replica";
}

// Messages come from the library's own workers, so that their types are enough to check.

const MESSAGES: ReadonlySet<unknown> = new Set(["replica", "state", "ask", "step", "evaluate", "share", "sum"]);
const ANSWERS: ReadonlySet<unknown> = new Set(["ready", "failed", "evaluated", "state", "share", "sum"]);

/** True for a message to a replica. */
export function isReplicaMessage(message: unknown): message is ReplicaMessage {
  return isRecord(message) && MESSAGES.has(message.type);
}

/** True for a message of a replica. */
export function isReplicaAnswer(message: unknown): message is ReplicaAnswer {
  return isRecord(message) && ANSWERS.has(message.type);
}
