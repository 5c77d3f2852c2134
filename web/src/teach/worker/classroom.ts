import { type ExportFormatName, exportModel, isInputError, type Model, type Pixels } from "convasm";
import type {
  AddedBackbone,
  BackboneFacts,
  BackboneSettings,
  Checked,
  Classroom,
  Learned,
  Lesson,
  Notice,
  PictureFile,
  Restored,
  SavedFile,
  Seen,
  TaughtClass,
} from "../protocol.ts";
import { ready } from "../protocol.ts";
import { Backbone, type Eye, PLAIN } from "./eye.ts";
import { judge, learn, type Material, wholeOf } from "./learn.ts";
import { compact, decode, rasterOf } from "./pictures.ts";
import { fetchBackbone, readBackbone } from "./read-backbone.ts";
import { type KeptBackbone, Store } from "./store.ts";

/** The last result, with all that it came from. */
interface Learning {
  readonly model: Model;
  readonly eye: Eye;
  readonly material: Material;
  readonly classes: readonly TaughtClass[];
}

/** The worker of the view "Teach": holds pictures and backbones, looks, learns, and keeps all in the browser's storage. */
export class TeachWorker implements Classroom {
  readonly #notify: (notice: Notice) => void;
  readonly #store: Store;
  readonly #pictures = new Map<string, Blob>();
  readonly #backbones = new Map<string, KeptBackbone>();
  /** Numbers of pictures by the present eye. */
  #features = new Map<string, Pixels>();
  #eye: Eye = PLAIN;
  #learning: Learning | undefined;
  #abort = new AbortController();
  #last = 0;
  /** The eye is used, or replaced, by one at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(notify: (notice: Notice) => void) {
    this.#notify = notify;
    this.#store = new Store((problem) => notify({ type: "storage", problem }));
  }

  async restore(): Promise<Restored> {
    const { lesson, backbone } = await this.#store.lesson();
    const known = new Set(lesson?.classes.flatMap(({ pictures }) => pictures));
    const kept = await this.#store.pictures();
    const pictures = kept.filter(({ id }) => known.has(id));
    // Those that were deleted, which nobody can take back any more.
    await this.#store.dropPictures(kept.filter(({ id }) => !known.has(id)).map(({ id }) => id));
    for (const { id, blob } of pictures) this.#pictures.set(id, blob);
    for (const own of await this.#store.backbones()) this.#backbones.set(own.facts.id, own);
    return { lesson, pictures, backbones: [...this.#backbones.values()].map(({ facts }) => facts), backbone };
  }

  async keep(lesson: Lesson): Promise<void> {
    await this.#store.keepLesson(lesson);
  }

  async see(frame: ImageBitmap, isKept: boolean): Promise<Seen> {
    try {
      const learning = this.#learning;
      if (learning === undefined && !isKept) return { scores: undefined, picture: undefined };
      const [eye, features] = await this.#look(frame);
      const scores = learning?.eye === eye ? await scoresOf(learning, features) : undefined;
      return { scores, picture: isKept ? await this.#keepPicture(frame, eye, features) : undefined };
    } finally {
      frame.close();
    }
  }

  async read(file: Blob): Promise<PictureFile> {
    const bitmap = await decode(file);
    try {
      const [eye, features] = await this.#look(bitmap);
      return await this.#keepPicture(bitmap, eye, features);
    } finally {
      bitmap.close();
    }
  }

  async judge(file: Blob): Promise<Float32Array | undefined> {
    const bitmap = await decode(file);
    const [eye, features] = await this.#look(bitmap);
    bitmap.close();
    const learning = this.#learning;
    return learning?.eye === eye ? scoresOf(learning, features) : undefined;
  }

  /** @returns undefined if another call came meanwhile, or there is too little to learn from */
  async learn(lesson: Lesson): Promise<Learned | undefined> {
    const signal = this.#begin();
    const classes = ready(lesson);
    if (classes.length < 2) {
      this.#replace(undefined);
      return undefined;
    }
    return unlessAborted(signal, async () => {
      const eye = this.#eye;
      const material = await this.#material(classes, signal);
      const begun = performance.now();
      const model = await learn(eye, material, signal);
      const seconds = (performance.now() - begun) / 1000;
      this.#replace({ model, eye, material, classes });
      return { classes, pictures: material.labels.length, seconds };
    });
  }

  /** @returns undefined if there is nothing to check, or something else came meanwhile */
  async check(): Promise<Checked | undefined> {
    const learning = this.#learning;
    const { signal } = this.#abort;
    if (learning === undefined) return undefined;
    const { model, eye, material, classes } = learning;
    return unlessAborted(signal, async () => {
      const { taken, isHeldOut } = await judge(eye, model, material, signal);
      const ids = classes.flatMap(({ pictures }) => pictures);
      const doubts = ids.flatMap((picture, i) =>
        taken[i] === material.labels[i] ? [] : [{ picture, taken: classes[taken[i]].id }],
      );
      return { right: ids.length - doubts.length, of: ids.length, isHeldOut, doubts };
    });
  }

  async addBackbone(given: readonly File[] | string, settings: BackboneSettings): Promise<AddedBackbone> {
    const files = typeof given === "string" ? await fetchBackbone(given) : given;
    const read = await readBackbone(files, settings);
    if ("missing" in read) return read;
    const { model, notes } = read;
    const id = await digest(files, settings);
    const eye = await Backbone.of(id, model);
    const facts: BackboneFacts = {
      id,
      name: files[0].name,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
      shape: eye.model.architecture.input.shape,
      features: eye.features,
      settings,
    };
    this.#backbones.set(id, { facts, files });
    await this.#store.keepBackbone({ facts, files });
    await this.#use(eye);
    return { facts, notes };
  }

  async useBackbone(id: string | undefined): Promise<BackboneFacts | undefined> {
    const kept = id === undefined ? undefined : this.#backbones.get(id);
    if (kept === undefined) {
      await this.#use(PLAIN);
      return undefined;
    }
    const read = await readBackbone(kept.files, kept.facts.settings);
    if ("missing" in read) throw new Error("the file does not say how its pixels are scaled");
    await this.#use(await Backbone.of(kept.facts.id, read.model));
    return kept.facts;
  }

  async removeBackbone(id: string): Promise<void> {
    this.#backbones.delete(id);
    if (this.#eye.id === id) await this.#use(PLAIN);
    await this.#store.dropBackbone(id);
    await this.#store.dropFeatures(id);
  }

  async exportAs(format: ExportFormatName, name: string): Promise<readonly SavedFile[]> {
    const learning = this.#learning;
    if (learning === undefined) throw new Error("expected something that was learned, got nothing yet");
    const whole = await wholeOf(learning.eye, learning.model);
    try {
      // A page holds its network as text, a third longer than the file: halves make up for that.
      return await exportModel(whole, { format, name, ...(format === "html" && { title: name, half: true }) });
    } finally {
      if (whole !== learning.model) whole.dispose();
    }
  }

  async forget(backbones: boolean): Promise<void> {
    this.#begin();
    this.#replace(undefined);
    this.#pictures.clear();
    this.#features.clear();
    if (backbones) {
      this.#backbones.clear();
      await this.#use(PLAIN);
    }
    await this.#store.clear(backbones);
    await this.#store.keepChoice(this.#eye.id);
  }

  /** Ends what is being learned or checked. */
  #begin(): AbortSignal {
    this.#abort.abort(new Stale());
    this.#abort = new AbortController();
    return this.#abort.signal;
  }

  #replace(learning: Learning | undefined): void {
    const old = this.#learning;
    this.#learning = learning;
    old?.model.dispose();
  }

  #look(bitmap: ImageBitmap): Promise<readonly [Eye, Pixels]> {
    return this.#inTurn(async () => [this.#eye, await this.#eye.look(rasterOf(bitmap))] as const);
  }

  async #use(eye: Eye): Promise<void> {
    this.#begin();
    const features = eye.id === undefined ? new Map<string, Pixels>() : await this.#store.features(eye.id);
    await this.#inTurn(async () => {
      const old = this.#eye;
      this.#eye = eye;
      this.#features = features;
      this.#replace(undefined);
      if (old !== eye) old.dispose();
    });
    await this.#store.keepChoice(eye.id);
  }

  async #keepPicture(bitmap: ImageBitmap, eye: Eye, features: Pixels): Promise<PictureFile> {
    this.#last += 1;
    const picture = { id: `${Date.now().toString(36)}-${this.#last}`, blob: await compact(bitmap) };
    this.#pictures.set(picture.id, picture.blob);
    void this.#store.keepPicture(picture);
    this.#note(eye, picture.id, features);
    return picture;
  }

  #note(eye: Eye, picture: string, features: Pixels): void {
    if (eye !== this.#eye) return;
    this.#features.set(picture, features);
    if (eye.id !== undefined && features instanceof Float32Array) {
      void this.#store.keepFeatures(eye.id, picture, features);
    }
  }

  /** Numbers of all pictures of some classes; those that the eye has seen before it does not look at again. */
  async #material(classes: readonly TaughtClass[], signal: AbortSignal): Promise<Material> {
    const ids = classes.flatMap(({ pictures }) => pictures);
    const labels = classes.flatMap(({ pictures }, label) => pictures.map(() => label));
    const vectors: Pixels[] = [];
    for (const [done, id] of ids.entries()) {
      signal.throwIfAborted();
      const known = this.#features.get(id);
      if (known === undefined) this.#notify({ type: "progress", done, total: ids.length });
      vectors.push(known ?? (await this.#lookAgain(id)));
    }
    signal.throwIfAborted();
    return { names: distinct(classes.map(({ name }) => name)), vectors, labels };
  }

  async #lookAgain(id: string): Promise<Pixels> {
    const blob = this.#pictures.get(id);
    if (blob === undefined) throw new Error(`expected a picture ${id}, got none`);
    const bitmap = await decode(blob);
    const [eye, features] = await this.#look(bitmap);
    bitmap.close();
    this.#note(eye, id, features);
    return features;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

/** Names of which no two are the same, as models want them. */
function distinct(names: readonly string[]): readonly string[] {
  return names.map((name, i) => {
    const same = names.slice(0, i).filter((other) => other === name).length;
    return same === 0 ? name : `${name} (${same + 1})`;
  });
}

/** Something else came before it was done. */
class Stale extends Error {}

async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

async function scoresOf({ model }: Learning, features: Pixels): Promise<Float32Array | undefined> {
  try {
    return await model.predict(features);
  } catch (error) {
    // It was replaced meanwhile.
    if (isInputError(error) && error.code === "wrong-time") return undefined;
    throw error;
  }
}

/** A name for a file's contents, as it is read. */
async function digest(files: readonly File[], settings: BackboneSettings): Promise<string> {
  const noted = JSON.stringify([files.map(({ name, size }) => [name, size]), settings]);
  // Pages from plain http addresses have no digests.
  if (crypto.subtle === undefined) return noted;
  const bytes = await new Blob([...files, noted]).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash.subarray(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
