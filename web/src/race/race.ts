import { createSession, type RemoteDataset, type Session } from "convasm";
import { CHOICES, type NetworkChoice } from "../network/draft.ts";
import { Contender, type ContenderSpec } from "./contender.ts";

/** Milliseconds of a turn; a step that takes longer is finished. */
const TURN = 250;

/** Digits that all train on. */
const IMAGES = 4096;

/** The seed of all contenders: the same initial weights and the same order of the images. */
const SEED = 0;

export interface RacePlan {
  readonly network: NetworkChoice;
  readonly batchSize: number;
  /** Seconds of steps for each contender. */
  readonly seconds: number;
  readonly contenders: readonly ContenderSpec[];
}

/** Networks that race: all built-in ones. */
export const RACERS = CHOICES.filter(({ group }) => group === "Networks");

/** Runs the same training on several engines, in turns: one at a time has all cores. */
export class Race {
  readonly plan: RacePlan;
  readonly contenders: Contender[] = [];
  readonly #onTick: () => void;
  #session: Session | undefined;
  #isStopped = false;
  /** The contender whose turn it is. */
  #turn: Contender | undefined;

  /** @param onTick told whenever a figure changed */
  constructor(plan: RacePlan, onTick: () => void) {
    this.plan = plan;
    this.#onTick = onTick;
  }

  get turn(): Contender | undefined {
    return this.#turn;
  }

  /** Share of the race that is done, 0 to 1. */
  get share(): number {
    const { seconds, contenders } = this.plan;
    const done = this.contenders.reduce(
      (sum, { time, hasEnded }) => sum + (hasEnded ? seconds : Math.min(time, seconds)),
      0,
    );
    return done / (seconds * contenders.length);
  }

  /** Races until all have had their time, or `stop` is called. */
  async start(): Promise<void> {
    let reason: string | undefined;
    this.#session = await createSession({
      onLost: (why) => {
        reason = why;
      },
    });
    try {
      const data = await this.#session.digits({ count: IMAGES, seed: 0 });
      for (const spec of this.plan.contenders) {
        if (this.#isStopped) return;
        this.contenders.push(await this.#enter(this.#session, data, spec));
        this.#onTick();
      }
      await this.#takeTurns();
    } catch (error) {
      if (!this.#isStopped) throw reason === undefined ? error : new Error(reason);
    } finally {
      this.#turn = undefined;
      this.#session.terminate();
      this.#onTick();
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#session?.terminate();
  }

  async #enter(session: Session, data: RemoteDataset, spec: ContenderSpec): Promise<Contender> {
    const { network, batchSize } = this.plan;
    const { recipe } = network;
    const input = { ...recipe.input, shape: data.shape };
    const model = await session.createModel({
      input,
      layers: recipe.layers(data.classes, { shape: data.shape }),
      seed: SEED,
    });
    const cores = spec.engine === "js" ? {} : crossOriginIsolated ? { threads: spec.cores } : { replicas: spec.cores };
    const { optimizer, loss } = recipe;
    const engine = await model.compile({ optimizer, loss, batchSize, engine: spec.engine, ...cores });
    // Longer than any race: it is stopped when its time is over.
    const run = await model.fit(data, { epochs: 10_000, paused: true });
    const isLess = Math.max(engine.threads, engine.replicas) < spec.cores;
    const contender = new Contender(spec, model, run, isLess ? engine.reason : undefined);
    void this.#follow(contender);
    return contender;
  }

  async #follow(contender: Contender): Promise<void> {
    try {
      for await (const event of contender.run) {
        contender.add(event);
        this.#onTick();
      }
      await contender.run.finished;
      contender.hasEnded = true;
      this.#onTick();
    } catch {
      // The end of the session ends all runs; a real failure shows in the turn.
    }
  }

  async #takeTurns(): Promise<void> {
    const { seconds } = this.plan;
    while (!this.#isStopped) {
      const due = this.contenders.filter(({ time, hasEnded }) => time < seconds && !hasEnded);
      if (due.length === 0) return;
      for (const contender of due) {
        if (this.#isStopped) return;
        this.#turn = contender;
        this.#onTick();
        await contender.run.resume();
        await new Promise((resolve) => setTimeout(resolve, TURN));
        await contender.run.pause();
      }
    }
  }
}
