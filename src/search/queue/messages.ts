/**
 * The messages of a queue, and their readers: who can write to the server may send anything.
 *
 * @module
 */

import { InputTypeError, shown } from "../../errors.ts";
import { isRecord } from "../../json.ts";
import { readFields } from "../../options/objects.ts";
import type { Build } from "../build.ts";
import type { RunProgress } from "../executor.ts";
import type { SearchJob } from "../job.ts";
import { readSearchJob } from "../read-job.ts";
import { readRunSpec, readSettings } from "../read-run.ts";
import type { RunSpec, Settings } from "../trial.ts";

/** Number of this form of messages; another is another version's. */
const PROTOCOL = 1;

/** A search as its workers see it. */
export interface QueuedSearch {
  readonly id: string;
  readonly build: Build;
  readonly job: SearchJob;
  /** Settings of a possible trial, with which workers check that they can train. */
  readonly example: Settings;
  /** Machine of the searching process. */
  readonly host: string;
}

/** A run in the queue. */
export interface QueuedRun {
  /** Id of the search. */
  readonly search: string;
  readonly spec: RunSpec;
}

/** A worker that is there. */
export interface WorkerFacts {
  readonly id: string;
  readonly host: string;
  readonly build: Build;
  /** Runs that it trains at once. */
  readonly slots: number;
  /** Runs under way. */
  readonly busy: number;
  /** The server's time of its last sign of life, in milliseconds. */
  readonly seen: number;
}

export function writeSearch(search: QueuedSearch): string {
  return JSON.stringify({ protocol: PROTOCOL, ...search });
}

/** @throws TypeError if it is none, or one of another version's form */
export function readSearch(who: string, text: string): QueuedSearch {
  const fields = readMessage(who, text, ["id", "build", "job", "example", "host"]);
  return {
    id: word(who, "id", fields.id),
    build: readBuild(who, fields.build),
    job: readSearchJob(who, fields.job),
    example: readSettings(who, fields.example),
    host: word(who, "host", fields.host),
  };
}

/** The build of a search, also of one whose message is of a form that this version does not read. */
export function buildOfSearch(text: string): Build | undefined {
  const json = parsed(text);
  if (!isRecord(json) || !isRecord(json.build)) return undefined;
  const { version, kernels } = json.build;
  return typeof version === "string" && typeof kernels === "string" ? { version, kernels } : undefined;
}

export function writeWorker(facts: WorkerFacts): string {
  return JSON.stringify({ protocol: PROTOCOL, ...facts });
}

/** @throws TypeError if it is none */
export function readWorker(who: string, text: string): WorkerFacts {
  const fields = readMessage(who, text, ["id", "host", "build", "slots", "busy", "seen"]);
  return {
    id: word(who, "id", fields.id),
    host: word(who, "host", fields.host),
    build: readBuild(who, fields.build),
    slots: number(who, "slots", fields.slots),
    busy: number(who, "busy", fields.busy),
    seen: number(who, "seen", fields.seen),
  };
}

/** @throws TypeError if it is none */
export function readQueuedRun(who: string, json: unknown): QueuedRun {
  const { search, spec } = readFields(who, json, ["search", "spec"] as const);
  return { search: word(who, "search", search), spec: readRunSpec(who, spec) };
}

/** The progress of a run; undefined for anything else. */
export function readProgress(json: unknown): RunProgress | undefined {
  if (!isRecord(json)) return undefined;
  const { epoch, epochs, part, value } = json;
  if (![epoch, epochs, part].every(Number.isFinite)) return undefined;
  return {
    epoch: Number(epoch),
    epochs: Number(epochs),
    part: Number(part),
    ...(typeof value === "number" && Number.isFinite(value) && { value }),
  };
}

function readMessage<Name extends string>(
  who: string,
  text: string,
  names: readonly Name[],
): { readonly [name in Name]?: unknown } {
  const json = parsed(text);
  const { protocol, ...fields } = isRecord(json) ? json : {};
  if (protocol !== PROTOCOL) throw new InputTypeError(who, "a message of this version of convasm", shown(text));
  return readFields(who, fields, names);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readBuild(who: string, json: unknown): Build {
  const { version, kernels } = readFields(who, json, ["version", "kernels"] as const);
  return { version: word(who, "version", version), kernels: word(who, "kernels", kernels) };
}

function word(who: string, key: string, value: unknown): string {
  if (typeof value === "string" && value.length > 0 && value.length <= 1000) return value;
  throw new InputTypeError(who, `${key} to be a text`, shown(value));
}

function number(who: string, key: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw new InputTypeError(who, `${key} to be a number`, shown(value));
}
