import { context2d, h, newId } from "../ui/dom.ts";
import { colour, colours } from "../ui/theme.ts";

/** A line in units of the pad's side, 0 to 1. */
type Stroke = (readonly [x: number, y: number])[];

/** Width of the pen, in units of the side. */
const PEN = 0.075;

/** Side of what the network's picture is made of: more detail is lost in 28 pixels anyway. */
const RASTER = 112;

/** Distance by which an arrow key moves the pen. */
const KEY_STEP = 1 / 28;

/** A square to draw on with mouse, pen, fingers or keys. */
export class Pad {
  readonly element: HTMLElement;
  readonly #canvas = h("canvas", { class: "pad", tabindex: 0, role: "application" });
  readonly #raster = h("canvas", { width: RASTER, height: RASTER });
  readonly #onChange: (isDone: boolean) => void;
  #strokes: Stroke[] = [];
  /** The stroke that a pointer draws at present. */
  #current: { readonly id: number; readonly stroke: Stroke } | undefined;
  /** Place of the keys' pen, and true for `down` if it is on the paper; undefined until keys are used. */
  #pen: { x: number; y: number; down: boolean } | undefined;

  /** @param onChange told while something is drawn, and with `true` once a stroke is done */
  constructor(onChange: (isDone: boolean) => void) {
    this.#onChange = onChange;
    const help = h(
      "p",
      { class: "hidden-text", id: newId("pad-help") },
      "Draw with a pointer, or with keys: arrows move the pen, Space puts it down and lifts it, Backspace takes the last stroke back, Delete clears the pad.",
    );
    this.#canvas.setAttribute("aria-label", "Drawing pad");
    this.#canvas.setAttribute("aria-describedby", help.id);
    this.element = h("div", { class: "pad-frame" }, this.#canvas, help);
    this.#listen();
    new ResizeObserver(() => this.#resize()).observe(this.#canvas);
    colours.onChange(() => this.#draw());
  }

  get isEmpty(): boolean {
    return this.#strokes.length === 0;
  }

  undo(): void {
    this.#strokes.pop();
    this.#lift();
    this.#changed(true);
  }

  clear(): void {
    this.#strokes = [];
    this.#lift();
    this.#changed(true);
  }

  /** The drawing, white on black, `[RASTER, RASTER]` bytes of brightness. */
  picture(): { readonly width: number; readonly height: number; readonly channels: 1; readonly data: Uint8Array } {
    const context = context2d(this.#raster, { willReadFrequently: true });
    context.fillStyle = "#000";
    context.fillRect(0, 0, RASTER, RASTER);
    drawStrokes(context, this.#strokes, RASTER, "#fff");
    const { data } = context.getImageData(0, 0, RASTER, RASTER);
    const grey = new Uint8Array(RASTER * RASTER);
    for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i];
    return { width: RASTER, height: RASTER, channels: 1, data: grey };
  }

  #listen(): void {
    const canvas = this.#canvas;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || this.#current !== undefined) return;
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      canvas.setPointerCapture(event.pointerId);
      this.#pen = undefined;
      const stroke: Stroke = [this.#place(event)];
      this.#strokes.push(stroke);
      this.#current = { id: event.pointerId, stroke };
      this.#changed(false);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== this.#current?.id) return;
      const events = event.getCoalescedEvents();
      for (const each of events.length > 0 ? events : [event]) this.#current.stroke.push(this.#place(each));
      this.#changed(false);
    });
    const end = (event: PointerEvent): void => {
      if (event.pointerId !== this.#current?.id) return;
      this.#current = undefined;
      this.#changed(true);
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("blur", () => {
      this.#lift();
      this.#pen = undefined;
      this.#draw();
    });
  }

  #place({ clientX, clientY }: PointerEvent): readonly [number, number] {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  }

  #key(event: KeyboardEvent): void {
    const directions: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const direction = directions[event.key];
    if (direction !== undefined) this.#movePen(direction);
    else if (event.key === " ") this.#togglePen();
    else if (event.key === "Backspace") this.undo();
    else if (event.key === "Delete") this.clear();
    else return;
    event.preventDefault();
  }

  #movePen([dx, dy]: readonly [number, number]): void {
    const pen = this.#pen ?? { x: 0.5, y: 0.5, down: false };
    const inside = (value: number): number => Math.min(1, Math.max(0, value));
    this.#pen = { ...pen, x: inside(pen.x + dx * KEY_STEP), y: inside(pen.y + dy * KEY_STEP) };
    if (this.#pen.down) {
      this.#strokes.at(-1)?.push([this.#pen.x, this.#pen.y]);
      this.#changed(false);
    } else this.#draw();
  }

  #togglePen(): void {
    const pen = this.#pen ?? { x: 0.5, y: 0.5, down: false };
    this.#pen = { ...pen, down: !pen.down };
    if (this.#pen.down) this.#strokes.push([[pen.x, pen.y]]);
    this.#changed(!this.#pen.down);
  }

  #lift(): void {
    if (this.#pen !== undefined) this.#pen = { ...this.#pen, down: false };
  }

  #changed(isDone: boolean): void {
    this.#draw();
    this.#onChange(isDone);
  }

  #resize(): void {
    const side = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    if (side === 0 || side === this.#canvas.width) return;
    this.#canvas.width = side;
    this.#canvas.height = side;
    this.#draw();
  }

  #draw(): void {
    const context = context2d(this.#canvas);
    const side = this.#canvas.width;
    context.clearRect(0, 0, side, side);
    drawStrokes(context, this.#strokes, side, colour("--ink"));
    if (this.#pen === undefined) return;
    context.beginPath();
    context.arc(this.#pen.x * side, this.#pen.y * side, (PEN * side) / 2, 0, 2 * Math.PI);
    context.lineWidth = 2 * devicePixelRatio;
    context.strokeStyle = colour("--accent");
    context.stroke();
  }
}

function drawStrokes(context: CanvasRenderingContext2D, strokes: readonly Stroke[], side: number, style: string): void {
  context.strokeStyle = style;
  context.lineWidth = PEN * side;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    context.beginPath();
    const [[x, y]] = stroke;
    context.moveTo(x * side, y * side);
    // A line to where it is makes a dot of a tap.
    for (const [nextX, nextY] of stroke.length > 1 ? stroke.slice(1) : stroke)
      context.lineTo(nextX * side, nextY * side);
    context.stroke();
  }
}
