import { h } from "./dom.ts";

/** Which camera of a phone. */
export type Facing = "environment" | "user";

/** The device's camera, the one at the back where there are two. */
export class Camera {
  /** Shows what it sees, while it is on. */
  readonly video = h("video", { class: "photo", playsinline: true, "aria-label": "What the camera sees" });
  #stream: MediaStream | undefined;
  #facing: Facing = "environment";

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

  /** True once there is something to be seen. */
  get hasFrame(): boolean {
    return this.isOn && this.video.videoWidth > 0 && this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  /** True for a camera that looks at its user, who expects a mirror. */
  get isMirror(): boolean {
    // Cameras of desktops don't say where they look.
    const { facingMode = this.#facing } = this.#stream?.getVideoTracks()[0]?.getSettings() ?? {};
    return facingMode === "user";
  }

  /**
   * Switches it on; people are asked first.
   *
   * @param onEnd told if it is unplugged, or taken back
   * @throws Error in words for people if there is none, or they do not allow it
   */
  async start(facing: Facing = "environment", onEnd: () => void = () => {}): Promise<void> {
    this.#facing = facing;
    try {
      const video = { facingMode: facing, width: { ideal: 640 }, height: { ideal: 480 } };
      this.#stream = await navigator.mediaDevices.getUserMedia({ video });
    } catch (error) {
      throw new Error(reason(error instanceof Error ? error.name : ""));
    }
    for (const track of this.#stream.getTracks()) {
      track.onended = () => {
        this.stop();
        onEnd();
      };
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

function reason(error: string): string {
  if (error === "NotAllowedError" || error === "SecurityError") return "this page may not use the camera";
  if (error === "NotReadableError") return "another program has the camera";
  return "there is no camera that could be used";
}
