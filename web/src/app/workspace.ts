import type { ModelDescription, RemoteModel } from "convasm";
import type { LoadedImages } from "../data/images.ts";
import type { ImageKind, NetworkDraft } from "../network/draft.ts";
import type { TrainingRun } from "../train/run.ts";
import { Signal } from "../ui/signal.ts";
import { Host } from "./host.ts";

/** The model that the views look into, draw for and save. */
export interface CurrentModel {
  readonly model: RemoteModel;
  readonly draft: NetworkDraft;
  readonly images: ImageKind;
  readonly description: ModelDescription;
  /** True if its weights were trained: by training here, or in the file that it came from. */
  readonly isTrained: boolean;
  /** True if a file holds all of its training. */
  readonly isSaved: boolean;
}

/** State that all views share. */
export class Workspace {
  readonly host = new Host();
  readonly images = new Signal<LoadedImages | undefined>(undefined);
  readonly model = new Signal<CurrentModel | undefined>(undefined);
  readonly run = new Signal<TrainingRun | undefined>(undefined);
  /** Counts what changes the model's weights: steps, and other models. Views that draw them look again. */
  readonly weights = new Signal(0);

  weightsChanged(): void {
    this.weights.value += 1;
  }

  /** Notes that the model learned, or was saved. */
  mark(change: Partial<Pick<CurrentModel, "isTrained" | "isSaved">>): void {
    const { value } = this.model;
    if (value !== undefined) this.model.value = { ...value, ...change };
  }
}
