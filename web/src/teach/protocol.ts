/**
 * Messages between the view "Teach" and its worker.
 *
 * @module
 */

import type { ExportFormatName, InputPreset } from "convasm";

/** A class of pictures, as people made it. */
export interface TaughtClass {
  readonly id: string;
  readonly name: string;
  /** Ids of its pictures, in the order in which they came. */
  readonly pictures: readonly string[];
}

/** All that was taught: what a session keeps. */
export interface Lesson {
  readonly classes: readonly TaughtClass[];
}

/** A picture as it is kept: a small JPEG. */
export interface PictureFile {
  readonly id: string;
  readonly blob: Blob;
}

/** Scaling of a backbone's pixels: a name, or one mean and deviation for all channels. */
export type BackboneScaling = InputPreset | { readonly mean: number; readonly deviation: number };

/** Facts that a backbone's file may leave open. */
export interface BackboneSettings {
  readonly scaling?: BackboneScaling | undefined;
  /** Height and width of its images. */
  readonly size?: number | undefined;
}

/** A backbone in the browser's storage. */
export interface BackboneFacts {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  /** Shape of its images. */
  readonly shape: readonly [height: number, width: number, channels: number];
  /** Features that it makes of an image. */
  readonly features: number;
  readonly settings: BackboneSettings;
}

/** A new backbone; or what its file leaves open, to ask for. */
export type AddedBackbone =
  | { readonly facts: BackboneFacts; readonly notes: readonly string[] }
  | { readonly missing: "scaling" | "size" };

/** Contents of the browser's storage. */
export interface Restored {
  readonly lesson: Lesson | undefined;
  readonly pictures: readonly PictureFile[];
  readonly backbones: readonly BackboneFacts[];
  /** The backbone that was in use. */
  readonly backbone: string | undefined;
}

/** The answer to a frame of the camera. */
export interface Seen {
  /** Probabilities of the classes that were learned last; undefined before. */
  readonly scores: Float32Array | undefined;
  /** The frame as a picture, if it was to be kept. */
  readonly picture: PictureFile | undefined;
}

/** The result of learning. */
export interface Learned {
  readonly classes: readonly TaughtClass[];
  readonly pictures: number;
  /** Seconds that training took, without the features. */
  readonly seconds: number;
}

/** Answers for the pictures of the lesson themselves. */
export interface Checked {
  readonly right: number;
  readonly of: number;
  /** True if each picture was judged by a network that had not learned from it. */
  readonly isHeldOut: boolean;
  /** Pictures that look like another class. */
  readonly doubts: readonly { readonly picture: string; readonly taken: string }[];
}

/** A file for people to save. */
export interface SavedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The worker's methods, by which the page calls it. */
export interface Classroom {
  restore(): Promise<Restored>;
  keep(lesson: Lesson): Promise<void>;
  see(frame: ImageBitmap, isKept: boolean): Promise<Seen>;
  read(file: Blob): Promise<PictureFile>;
  judge(file: Blob): Promise<Float32Array | undefined>;
  learn(lesson: Lesson): Promise<Learned | undefined>;
  check(): Promise<Checked | undefined>;
  addBackbone(files: readonly File[] | string, settings: BackboneSettings): Promise<AddedBackbone>;
  useBackbone(id: string | undefined): Promise<BackboneFacts | undefined>;
  removeBackbone(id: string): Promise<void>;
  exportAs(format: ExportFormatName, name: string): Promise<readonly SavedFile[]>;
  forget(backbones: boolean): Promise<void>;
}

export interface CallMessage {
  readonly id: number;
  readonly method: keyof Classroom;
  readonly args: readonly unknown[];
}

/** Messages of the worker. */
export type FromWorker =
  | { readonly type: "result"; readonly id: number; readonly value: unknown }
  | { readonly type: "error"; readonly id: number; readonly text: string }
  | Notice;

/** Messages of the worker that nobody asked for. */
export type Notice =
  /** Features of the lesson's pictures that are there. */
  | { readonly type: "progress"; readonly done: number; readonly total: number }
  /** The browser keeps nothing, or no more. */
  | { readonly type: "storage"; readonly problem: "full" | "none" };

/** Pictures of a class from which on it can be learned. */
export const ENOUGH = 3;

/** The classes that have pictures enough. */
export function ready({ classes }: Lesson): readonly TaughtClass[] {
  return classes.filter(({ pictures }) => pictures.length >= ENOUGH);
}
