/** Name of the queue of runs in the words of BullMQ, which puts the prefix before it. */
export const RUNS_QUEUE = "runs";

/** Names of the keys that a queue has on its server, besides those of BullMQ. All begin with the queue's name. */
export class QueueKeys {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Prefix of BullMQ's keys. */
  get prefix(): string {
    return this.#name;
  }

  /** Hash of the workers that are there, each by its id. */
  get workers(): string {
    return `${this.#name}:workers`;
  }

  /** Hash of the searches that are under way, each by its id. */
  get searches(): string {
    return `${this.#name}:searches`;
  }

  /** There as long as the process of a search is. */
  alive(search: string): string {
    return `${this.#name}:search:${search}:alive`;
  }

  /** There while a search is paused: workers stop its runs. */
  paused(search: string): string {
    return `${this.#name}:search:${search}:paused`;
  }

  /** List of what workers have to tell about a search. */
  notes(search: string): string {
    return `${this.#name}:search:${search}:notes`;
  }

  /** Files of a run that has ended. */
  result(search: string, index: number): string {
    return `${this.#name}:search:${search}:result:${index}`;
  }

  /** Files of the run that a run goes on from. */
  origin(search: string, index: number): string {
    return `${this.#name}:search:${search}:origin:${index}`;
  }

  /** Checkpoint of a run, and what goes with it. */
  checkpoint(search: string, index: number): string {
    return `${this.#name}:search:${search}:checkpoint:${index}`;
  }
}

/** Id of a run's job: adding it twice is adding it once. BullMQ takes no plain number, and no colon. */
export function jobId(search: string, index: number): string {
  return `${search}-${index}`;
}

/** The search and the number of a run, of its job's id; undefined for another's. */
export function runOfJob(id: string): { readonly search: string; readonly index: number } | undefined {
  const match = /^([\w-]+)-(\d+)$/.exec(id);
  return match === null ? undefined : { search: match[1], index: Number(match[2]) };
}
