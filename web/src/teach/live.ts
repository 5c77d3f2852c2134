import type { Camera } from "../ui/camera.ts";
import { shownView } from "../ui/tabs.ts";
import type { PictureFile } from "./protocol.ts";
import type { Teacher } from "./teacher.ts";

/** Milliseconds between two looks at what the camera sees, and between two pictures of a held button. */
const LOOK_GAP = 60;
const KEEP_GAP = 100;

export interface LiveEvents {
  /** Scores of what the camera sees now. */
  onScores(scores: Float32Array | undefined): void;
  /** A picture for the class whose button is held. */
  onPicture(picture: PictureFile, classId: string, gesture: object): void;
  onError(error: unknown): void;
  /** False while there is nothing to judge by. */
  isLearned(): boolean;
}

/** A button that is held. */
interface Hold {
  readonly classId: string;
  taken: number;
  /** The button was let go before the first picture was there. */
  isOver: boolean;
}

/** Passes what the camera sees to the worker: one frame at a time, the next when the last is answered, so that none wait in line. */
export class Live {
  readonly #camera: Camera;
  readonly #teacher: Teacher;
  readonly #events: LiveEvents;
  #hold: Hold | undefined;
  #isRunning = false;
  #lastKept = 0;

  constructor(camera: Camera, teacher: Teacher, events: LiveEvents) {
    this.#camera = camera;
    this.#teacher = teacher;
    this.#events = events;
  }

  get isHolding(): boolean {
    return this.#hold !== undefined;
  }

  /** Takes pictures for a class from now on. */
  hold(classId: string): void {
    this.#hold = { classId, taken: 0, isOver: false };
    void this.run();
  }

  /** No more pictures; one was taken at least, however short the button was held. */
  release(): void {
    if (this.#hold === undefined) return;
    if (this.#hold.taken > 0 || !this.#camera.isOn) this.#hold = undefined;
    else this.#hold.isOver = true;
  }

  /** Looks as long as the camera is on and the view is seen. */
  async run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (this.#camera.isOn && shownView.value === "teach" && this.#teacher.lost.value === undefined) {
        const begun = performance.now();
        await this.#look();
        const wait = LOOK_GAP - (performance.now() - begun);
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        // None while the page is hidden.
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    } catch (error) {
      if (this.#teacher.lost.value === undefined) this.#events.onError(error);
    } finally {
      this.#isRunning = false;
    }
  }

  async #look(): Promise<void> {
    const hold = this.#hold;
    const now = performance.now();
    const isKept = hold !== undefined && now - this.#lastKept >= KEEP_GAP;
    if ((!isKept && !this.#events.isLearned()) || !this.#camera.hasFrame) return;
    const frame = await createImageBitmap(this.#camera.video);
    const { scores, picture } = await this.#teacher.call("see", [frame, isKept], [frame]);
    this.#events.onScores(scores);
    if (hold === undefined || picture === undefined) return;
    this.#lastKept = now;
    this.#events.onPicture(picture, hold.classId, hold);
    hold.taken += 1;
    if (hold.isOver) this.#hold = undefined;
  }
}
