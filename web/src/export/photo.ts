import { fitImage, type PixelScaling, type Pixels, type RasterImage } from "convasm";
import { Camera } from "../ui/camera.ts";
import { context2d, fill, h } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import type { Source } from "./source.ts";

/** Most pixels of a picture that is read as it is: the browser shrinks larger ones first. */
const MOST_PIXELS = 2 ** 24;

/** Milliseconds from one look through the camera to the next. */
const LIVE_GAP = 150;

const HINT = "Drop a photograph here, paste one, or choose a file";

/** A place for a photograph: dropped, pasted, from a file, or what the camera sees. */
export class Photo implements Source {
  readonly element: HTMLElement;
  readonly tools: readonly HTMLElement[];
  readonly label = "Picture";
  readonly #shape: readonly [height: number, width: number, channels: number];
  readonly #fit: PixelScaling["fit"];
  readonly #onChange: (isDone: boolean) => void;
  readonly #raster = h("canvas");
  readonly #shown = h("canvas", { class: "photo", role: "img", "aria-label": "The picture" });
  readonly #hint = h("button", { class: "photo-hint", type: "button" }, icon("upload"), h("span", {}, HINT));
  readonly #picker = h("input", { type: "file", accept: "image/*", class: "hidden-text", tabindex: -1 });
  readonly #open = h("button", { class: "button", type: "button" }, icon("folder"), "Open");
  readonly #cameraButton = h("button", { class: "button", type: "button" });
  readonly #clear = h("button", { class: "button", type: "button" }, icon("clear"), "Clear");
  readonly #camera = new Camera();
  #picture: RasterImage | undefined;
  #problem: string | undefined;

  /**
   * @param shape of the network's images
   * @param fit way in which pictures were brought to that shape in training
   * @param onChange told of another picture, and with `true` where it stays
   */
  constructor(
    shape: readonly [height: number, width: number, channels: number],
    fit: PixelScaling["fit"],
    onChange: (isDone: boolean) => void,
  ) {
    this.#shape = shape;
    this.#fit = fit;
    this.#onChange = onChange;
    this.#picker.setAttribute("aria-label", "A picture from a file");
    this.element = h("div", { class: "photo-frame" });
    this.element.style.aspectRatio = `${shape[1]} / ${shape[0]}`;
    this.tools = [this.#open, this.#cameraButton, this.#clear, this.#picker];
    this.#cameraButton.hidden = !Camera.isThere;
    this.#listen();
    this.#show();
  }

  get note(): string {
    return this.#problem ?? "Give it a picture.";
  }

  get isEmpty(): boolean {
    return this.#picture === undefined && !this.#camera.isOn;
  }

  pixels(): Pixels | undefined {
    const picture = this.#camera.isOn ? this.#frame() : this.#picture;
    return picture && fitImage(picture, ...this.#shape, this.#fit);
  }

  #listen(): void {
    const choose = () => this.#picker.click();
    this.#hint.addEventListener("click", choose);
    this.#open.addEventListener("click", choose);
    this.#picker.addEventListener("change", () => {
      void this.#take(this.#picker.files?.[0]);
      this.#picker.value = "";
    });
    this.#cameraButton.addEventListener("click", () => void (this.#camera.isOn ? this.#snap() : this.#look()));
    this.#clear.addEventListener("click", () => this.#changed(undefined));
    // A file that is dropped beside the frame must not take the page's place.
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.element.classList.add("photo-over");
    });
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) this.element.classList.remove("photo-over");
    });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      this.element.classList.remove("photo-over");
      void this.#take(event.dataTransfer?.files[0]);
    });
    document.addEventListener("paste", (event) => void this.#take(event.clipboardData?.files[0]));
  }

  async #take(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    try {
      const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" });
      const picture = this.#read(bitmap, bitmap.width, bitmap.height);
      bitmap.close();
      this.#changed(picture);
    } catch {
      this.#changed(undefined, `${file.name} is no picture that this browser can read.`);
    }
  }

  /** Looks through the camera until a picture is taken. */
  async #look(): Promise<void> {
    try {
      await this.#camera.start();
    } catch (error) {
      this.#changed(undefined, `${error instanceof Error ? error.message : String(error)}: open a file instead.`);
      return;
    }
    this.#picture = undefined;
    this.#show();
    while (this.#camera.isOn) {
      this.#onChange(false);
      await new Promise((resolve) => setTimeout(resolve, LIVE_GAP));
    }
  }

  /** Takes a picture. */
  #snap(): void {
    this.#changed(this.#frame());
  }

  /** The camera's present picture; undefined before its first. */
  #frame(): RasterImage | undefined {
    const { video } = this.#camera;
    return video.videoWidth === 0 ? undefined : this.#read(video, video.videoWidth, video.videoHeight);
  }

  #changed(picture: RasterImage | undefined, problem?: string): void {
    this.#camera.stop();
    this.#picture = picture;
    this.#problem = problem;
    this.#show();
    this.#onChange(true);
  }

  /** Reads pixels, all that there are or as many as a phone has memory for. */
  #read(source: CanvasImageSource, width: number, height: number): RasterImage {
    const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
    this.#raster.width = Math.max(1, Math.round(width * scale));
    this.#raster.height = Math.max(1, Math.round(height * scale));
    const context = context2d(this.#raster, { willReadFrequently: true });
    context.drawImage(source, 0, 0, this.#raster.width, this.#raster.height);
    const { data } = context.getImageData(0, 0, this.#raster.width, this.#raster.height);
    return {
      width: this.#raster.width,
      height: this.#raster.height,
      channels: 4,
      data: new Uint8Array(data.buffer),
    };
  }

  #show(): void {
    const isLive = this.#camera.isOn;
    fill(this.#cameraButton, icon("camera"), isLive ? "Take" : "Camera");
    this.#clear.disabled = this.isEmpty;
    if (this.#picture !== undefined) {
      this.#shown.width = this.#raster.width;
      this.#shown.height = this.#raster.height;
      context2d(this.#shown).drawImage(this.#raster, 0, 0);
    }
    fill(this.element, isLive ? this.#camera.video : this.#picture === undefined ? this.#hint : this.#shown);
  }
}
