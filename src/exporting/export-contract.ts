/** A file of an exported model. */
export interface ExportedFile {
  /** Its name; others of the same model may name it. */
  readonly name: string;
  /** Its contents. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A model that can be saved: one of `createModel` or `loadModel`, or of a session. */
export interface SavableModel {
  /** The bytes of a model file. */
  save(): Uint8Array | Promise<Uint8Array>;
}
