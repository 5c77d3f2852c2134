import { Answer } from "../draw/answer.ts";
import { bestOf } from "../draw/bars.ts";
import { Camera, type Facing } from "../ui/camera.ts";
import { fill, h } from "../ui/dom.ts";
import { percent, sentence } from "../ui/format.ts";
import { icon } from "../ui/icons.ts";
import { reasonOf } from "../ui/messages.ts";
import { shownView } from "../ui/tabs.ts";

/** Milliseconds after which an answer that stays is said aloud. */
const STEADY = 1500;

export interface CameraPanelActions {
  /** The camera was switched on. */
  onStart(): void;
  /** A picture to judge, in place of what the camera sees. */
  onTry(file: File): void;
}

/** The camera's picture, and the class that it is taken for. */
export class CameraPanel {
  readonly camera = new Camera();
  readonly element: HTMLElement;
  readonly #actions: CameraPanelActions;
  readonly #answer = new Answer();
  readonly #frame = h("div", { class: "teach-frame" });
  readonly #switch = h("button", { class: "button", type: "button" });
  readonly #flip = h("button", { class: "button button-icon", type: "button" }, icon("refresh"));
  readonly #picker = h("input", { type: "file", accept: "image/*", class: "hidden-text", tabindex: -1 });
  readonly #tried = h("img", { class: "photo", alt: "The picture that is tried" });
  #facing: Facing = matchMedia("(pointer: coarse)").matches ? "environment" : "user";
  #problem: string | undefined;
  #isStarting = false;
  #wasOn = false;
  #isTrying = false;
  #names: readonly string[] = [];
  #scores: Float32Array | undefined;
  #steady = { best: -1, since: 0, said: -1 };

  constructor(actions: CameraPanelActions) {
    this.#actions = actions;
    this.#picker.setAttribute("aria-label", "A picture to try");
    this.#flip.setAttribute("aria-label", "The other camera");
    this.#flip.title = "The other camera";
    const open = h("button", { class: "button", type: "button" }, icon("file"), h("span", {}, "Try a picture"));
    open.addEventListener("click", () => this.#picker.click());
    this.#picker.addEventListener("change", () => {
      const [file] = this.#picker.files ?? [];
      if (file !== undefined) actions.onTry(file);
      this.#picker.value = "";
    });
    this.#switch.addEventListener("click", () => (this.camera.isOn ? this.stop() : void this.start()));
    this.#flip.addEventListener("click", () => void this.#turnRound());
    const tools = h("div", { class: "row teach-camera-tools" }, this.#switch, this.#flip, open, this.#picker);
    this.element = h(
      "div",
      { class: "teach-look" },
      h("section", { class: "card teach-camera", "aria-label": "Camera" }, this.#frame, tools),
      this.#answer.element,
    );
    // Nobody is watched by a view that is not seen.
    shownView.onChange((view) => {
      if (view !== "teach") {
        this.#wasOn = this.camera.isOn;
        this.camera.stop();
        this.#show();
      } else if (this.#wasOn) void this.start();
    });
    this.#show();
    this.#showAnswer();
  }

  /** Switches the camera on; true if it is. */
  async start(): Promise<boolean> {
    if (this.camera.isOn || this.#isStarting) return this.camera.isOn;
    this.#isStarting = true;
    this.#problem = undefined;
    this.#endTry();
    this.#show();
    try {
      if (!Camera.isThere) throw new Error("this browser gives this page no camera");
      await this.camera.start(this.#facing, () => this.#show());
      // The view was left meanwhile.
      if (shownView.value !== "teach") this.camera.stop();
    } catch (error) {
      this.#problem = `${sentence(reasonOf(error))} Pictures can be dropped, pasted or opened as well.`;
    } finally {
      this.#isStarting = false;
    }
    this.#show();
    if (this.camera.isOn) this.#actions.onStart();
    return this.camera.isOn;
  }

  stop(): void {
    this.camera.stop();
    this.#scores = undefined;
    this.#show();
    this.#showAnswer();
  }

  /** Shows a picture in place of what the camera sees. */
  tryPicture(file: File, scores: Float32Array | undefined): void {
    this.camera.stop();
    this.#endTry();
    this.#isTrying = true;
    this.#tried.src = URL.createObjectURL(file);
    this.#scores = scores;
    this.#show();
    this.#showAnswer();
  }

  /** @param names of the classes that were learned; none as long as there is nothing to judge by */
  setClasses(names: readonly string[]): void {
    this.#names = names;
    if (this.#scores?.length !== names.length) this.#scores = undefined;
    this.#showAnswer();
  }

  showScores(scores: Float32Array | undefined): void {
    if (!this.camera.isOn) return;
    this.#scores = scores?.length === this.#names.length ? scores : undefined;
    this.#showAnswer();
  }

  #showAnswer(): void {
    const scores = this.#scores;
    const classes = { names: this.#names, count: this.#names.length };
    this.#answer.element.hidden = this.#names.length === 0;
    if (scores === undefined) {
      this.#answer.show(classes, undefined, "Switch the camera on, or try a picture.");
      return;
    }
    const best = bestOf(scores);
    this.#answer.show(
      classes,
      scores,
      `${percent(scores[best], scores[best] >= 0.9995 ? 0 : 1)} sure`,
      this.#isSteady(best),
    );
  }

  /** True once for each answer that stays for a while. */
  #isSteady(best: number): boolean {
    const now = performance.now();
    if (best !== this.#steady.best) this.#steady = { ...this.#steady, best, since: now };
    if (this.#steady.said === best || (now - this.#steady.since < STEADY && !this.#isTrying)) return false;
    this.#steady.said = best;
    return true;
  }

  #endTry(): void {
    if (this.#isTrying) URL.revokeObjectURL(this.#tried.src);
    this.#isTrying = false;
    this.#scores = undefined;
  }

  async #turnRound(): Promise<void> {
    this.#facing = this.#facing === "user" ? "environment" : "user";
    this.camera.stop();
    await this.start();
  }

  #show(): void {
    const { isOn, isMirror, video } = this.camera;
    fill(this.#switch, icon("camera"), h("span", {}, isOn ? "Switch off" : "Back to the camera"));
    this.#switch.hidden = !isOn && !this.#isTrying;
    this.#flip.hidden = !isOn || !matchMedia("(pointer: coarse)").matches;
    video.classList.toggle("teach-mirror", isMirror);
    fill(this.#frame, isOn ? video : this.#isTrying ? this.#tried : this.#off());
  }

  #off(): HTMLElement {
    if (this.#isStarting) return h("p", { class: "teach-off", role: "status" }, "Asking for the camera …");
    const start = h(
      "button",
      { class: "button button-primary", type: "button" },
      icon("camera"),
      "Switch the camera on",
    );
    start.addEventListener("click", () => void this.start());
    const problem = this.#problem !== undefined && h("p", { class: "field-error", role: "alert" }, this.#problem);
    return h("div", { class: "teach-off" }, problem, start);
  }
}
