import type { BackboneFacts, Lesson, PictureFile } from "../protocol.ts";

const NAME = "convasm-teach";
const STORES = ["lesson", "pictures", "features", "backbones"] as const;

type StoreName = (typeof STORES)[number];

/** Called when nothing, or no more, can be kept. */
export type OnTrouble = (problem: "full" | "none") => void;

/** A backbone as it is kept. */
export interface KeptBackbone {
  readonly facts: BackboneFacts;
  readonly files: readonly File[];
}

/**
 * The browser's own storage (IndexedDB): lesson, pictures, their features by backbone, and backbones. Without one, as in some private
 * windows, nothing is kept, and all else works.
 */
export class Store {
  readonly #onTrouble: OnTrouble;
  #database: Promise<IDBDatabase | undefined> | undefined;
  #isTold = false;

  constructor(onTrouble: OnTrouble) {
    this.#onTrouble = onTrouble;
  }

  async lesson(): Promise<{ lesson: Lesson | undefined; backbone: string | undefined }> {
    const kept = await this.#read<Lesson>("lesson", (store) => store.get("lesson"));
    const backbone = await this.#read<string>("lesson", (store) => store.get("backbone"));
    return { lesson: kept, backbone };
  }

  keepLesson(lesson: Lesson): Promise<boolean> {
    return this.#write("lesson", (store) => store.put(lesson, "lesson"));
  }

  keepChoice(backbone: string | undefined): Promise<boolean> {
    return this.#write("lesson", (store) => store.put(backbone, "backbone"));
  }

  async pictures(): Promise<PictureFile[]> {
    const ids = await this.#read<IDBValidKey[]>("pictures", (store) => store.getAllKeys());
    const blobs = await this.#read<Blob[]>("pictures", (store) => store.getAll());
    return (ids ?? []).map((id, i) => ({ id: String(id), blob: blobs?.[i] ?? new Blob() }));
  }

  keepPicture({ id, blob }: PictureFile): Promise<boolean> {
    return this.#write("pictures", (store) => store.put(blob, id));
  }

  dropPictures(ids: readonly string[]): Promise<boolean> {
    return this.#write("pictures", (store) => {
      for (const id of ids) store.delete(id);
    });
  }

  /** All features that a backbone has made, by picture. */
  async features(backbone: string): Promise<Map<string, Float32Array>> {
    const range = IDBKeyRange.bound([backbone], [backbone, []]);
    const keys = (await this.#read<IDBValidKey[]>("features", (store) => store.getAllKeys(range))) ?? [];
    const values = (await this.#read<Float32Array[]>("features", (store) => store.getAll(range))) ?? [];
    return new Map(keys.map((key, i) => [Array.isArray(key) ? String(key[1]) : "", values[i]]));
  }

  keepFeatures(backbone: string, picture: string, features: Float32Array): Promise<boolean> {
    return this.#write("features", (store) => store.put(features, [backbone, picture]));
  }

  dropFeatures(backbone: string): Promise<boolean> {
    return this.#write("features", (store) => store.delete(IDBKeyRange.bound([backbone], [backbone, []])));
  }

  async backbones(): Promise<readonly KeptBackbone[]> {
    return (await this.#read<KeptBackbone[]>("backbones", (store) => store.getAll())) ?? [];
  }

  keepBackbone(backbone: KeptBackbone): Promise<boolean> {
    return this.#write("backbones", (store) => store.put(backbone, backbone.facts.id));
  }

  dropBackbone(id: string): Promise<boolean> {
    return this.#write("backbones", (store) => store.delete(id));
  }

  /** Empties everything, or everything but the backbones. */
  async clear(backbones: boolean): Promise<void> {
    const names = STORES.filter((name) => backbones || name !== "backbones");
    for (const name of names) await this.#write(name, (store) => store.clear());
  }

  #open(): Promise<IDBDatabase | undefined> {
    this.#database ??= openDatabase().catch(() => {
      this.#tell("none");
      return undefined;
    });
    return this.#database;
  }

  async #read<T>(name: StoreName, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
    const database = await this.#open();
    if (database === undefined) return undefined;
    return finished(ask(database.transaction(name).objectStore(name)));
  }

  /** @returns false if the browser did not keep it */
  async #write(name: StoreName, change: (store: IDBObjectStore) => unknown): Promise<boolean> {
    const database = await this.#open();
    if (database === undefined) return false;
    try {
      const transaction = database.transaction(name, "readwrite");
      change(transaction.objectStore(name));
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
      });
      return true;
    } catch {
      this.#tell("full");
      return false;
    }
  }

  #tell(problem: "full" | "none"): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#onTrouble(problem);
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const name of STORES) request.result.createObjectStore(name);
  };
  return finished(request);
}

function finished<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no answer"));
  });
}
