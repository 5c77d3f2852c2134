import { h } from "../ui/dom.ts";

/** The device's camera, the one at the back where there are two. */
export class Camera {
  /** Shows what it sees, while it is on. */
  readonly video = h("video", { class: "photo", playsinline: true, "aria-label": "What the camera sees" });
  #stream: MediaStream | undefined;

  constructor() {
    // As properties: attributes set by scripts do not count.
    this.video.muted = true;
    this.video.autoplay = true;
  }

  /** False where the browser gives no page a camera. */
  static get isThere(): boolean {
    return navigator.mediaDevices?.getUserMedia !== undefined;
  }

  get isOn(): boolean {
    return this.#stream !== undefined;
  }

  /**
   * Switches it on; people are asked first.
   *
   * @throws Error in words for people if there is none, or they do not allow it
   */
  async start(): Promise<void> {
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      const isForbidden = name === "NotAllowedError" || name === "SecurityError";
      throw new Error(isForbidden ? "this page may not use the camera" : "there is no camera that could be used");
    }
    this.video.srcObject = this.#stream;
    await this.video.play();
  }

  stop(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.video.srcObject = null;
  }
}
