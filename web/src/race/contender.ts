import type { EngineName, FitEvent, RemoteModel, RemoteRun } from "convasm";

/** A way to run the same training. */
export interface ContenderSpec {
  readonly id: string;
  readonly label: string;
  readonly engine: EngineName;
  /** Threads over one memory, or workers with memories of their own. */
  readonly cores: number;
  /** True if it races by default. */
  readonly isDefault: boolean;
}

const NAMES: Readonly<Record<EngineName, string>> = {
  js: "Plain JavaScript",
  simd: "WebAssembly, simd",
  relaxed: "WebAssembly, relaxed",
  wide: "WebAssembly, wide",
};

/** The contenders of this machine: each engine on one core, those of WebAssembly on all cores too. */
export function contendersFor(engines: readonly EngineName[], cores: number, isolated: boolean): ContenderSpec[] {
  const best = engines.at(-1);
  return engines.flatMap((engine) => {
    const one = { id: engine, label: NAMES[engine], engine, cores: 1, isDefault: true };
    if (engine === "js" || cores < 2) return [one];
    const many = `${cores} ${isolated ? "threads" : "workers"}`;
    return [
      one,
      { id: `${engine}-${cores}`, label: `${NAMES[engine]}, ${many}`, engine, cores, isDefault: engine === best },
    ];
  });
}

/** Seconds of steps that are not counted at first: engines compile what runs often once more. */
const WARM_UP = 0.5;

/** A contender with its training, and what it did in its turns. */
export class Contender {
  readonly spec: ContenderSpec;
  readonly model: RemoteModel;
  readonly run: RemoteRun;
  /** The loss of each step. */
  readonly losses: number[] = [];
  /** Seconds of steps done at each step. */
  readonly seconds: number[] = [];
  /** A note on engine and threads, if these are less than was asked for. */
  readonly note: string | undefined;
  /** True if its training ended before its time was over, which happens when it diverges. */
  hasEnded = false;
  #images = 0;
  #counted = { images: 0, seconds: 0 };
  #epoch = { images: 0, seconds: 0 };

  constructor(spec: ContenderSpec, model: RemoteModel, run: RemoteRun, note: string | undefined) {
    this.spec = spec;
    this.model = model;
    this.run = run;
    this.note = note;
  }

  get steps(): number {
    return this.losses.length;
  }

  /** Seconds that its steps took so far. */
  get time(): number {
    return this.seconds.at(-1) ?? 0;
  }

  /** Images per second after the warm-up; of all steps where there was nothing else yet. */
  get imagesPerSecond(): number {
    const { images, seconds } = this.#counted;
    return seconds > 0 ? images / seconds : this.#images / this.time;
  }

  add(event: FitEvent): void {
    if (event.event !== "step") return;
    const { loss, batchSize, imagesPerSecond, stepInEpoch } = event;
    if (stepInEpoch === 1) this.#epoch = { images: 0, seconds: 0 };
    const images = this.#epoch.images + batchSize;
    const epochSeconds = images / imagesPerSecond;
    const seconds = Math.max(0, epochSeconds - this.#epoch.seconds);
    this.#epoch = { images, seconds: epochSeconds };
    this.#images += batchSize;
    if (this.time >= WARM_UP) {
      this.#counted = { images: this.#counted.images + batchSize, seconds: this.#counted.seconds + seconds };
    }
    this.losses.push(loss);
    this.seconds.push(this.time + seconds);
  }
}
