/** Words of a 64-byte cache line: words that different threads write lie on different lines. */
const LINE = 16;

// Each at the start of a line of its own.
const SEQUENCE = 0;
const TAPE = 1;
const ARRIVED = LINE;
const GENERATION = 2 * LINE;
const SLEEPING = 3 * LINE;
const READY = 4 * LINE;
const FAILING = 5 * LINE;
const FAILED = FAILING + 1;
const MESSAGE_LENGTH = FAILING + 2;
const MESSAGE = 6 * LINE;
const MESSAGE_WORDS = 16 * LINE;
// Index of the threads' lines: each has a thread's count of calls, and of barriers that it reached.
const PROGRESS = MESSAGE + MESSAGE_WORDS;
const ARRIVALS = 1;

/**
 * Milliseconds that a thread polls for a change before it sleeps, at most and at least: about the cost of falling
 * asleep and waking up. Polling in vain halves the time, and success doubles it: where another program uses the other
 * thread's core, or both threads share one, polling only keeps the others from their work.
 */
const LONGEST_SPIN = 0.05;
const SHORTEST_SPIN = 0.002;

/** Reads of shared memory between two readings of the clock. */
const LOOKS = 32;

/** Stands in place of a tape's number: the worker ends. */
export const STOP = -1;

/**
 * The words in shared memory through which the threads of an engine meet: a barrier, the tape to run, the failed
 * thread, and each thread's progress.
 */
export class Control {
  readonly threads: number;
  readonly #words: Int32Array;
  /** Milliseconds to poll for the next tape, and for a barrier to open. */
  readonly #spins = new Float64Array(2);

  /**
   * @param buffer the shared words, zeros at first
   * @param threads number of threads that meet, the calling one included
   * @param spins true if each thread can have a core to itself: else waiting threads sleep at once
   */
  constructor(buffer: SharedArrayBuffer, threads: number, spins: boolean) {
    this.#words = new Int32Array(buffer);
    this.threads = threads;
    this.#spins.fill(spins ? LONGEST_SPIN : 0);
  }

  /** Allocates shared memory for `threads` threads. */
  static allocate(threads: number): SharedArrayBuffer {
    return new SharedArrayBuffer((PROGRESS + threads * LINE) * Int32Array.BYTES_PER_ELEMENT);
  }

  /** Counts a worker as ready for its first tape. */
  ready(): void {
    Atomics.add(this.#words, READY, 1);
  }

  /** True once all workers have started. */
  get isReady(): boolean {
    return Atomics.load(this.#words, READY) === this.threads - 1;
  }

  /** Tells all workers to run a tape, or to stop. */
  announce(tape: number): void {
    Atomics.store(this.#words, TAPE, tape);
    Atomics.add(this.#words, SEQUENCE, 1);
    this.#wake(SEQUENCE);
  }

  /**
   * Waits for the next announcement; returns the tape's number.
   *
   * @param sequence number of earlier announcements
   */
  awaitTape(sequence: number): number {
    this.#waitWhile(SEQUENCE, sequence, Number.POSITIVE_INFINITY);
    return Atomics.load(this.#words, TAPE);
  }

  /** The number of the barrier that is open; taken before `arrive`. */
  get generation(): number {
    return Atomics.load(this.#words, GENERATION);
  }

  /** Notes that this thread reached the barrier; the last one opens it. */
  arrive(thread: number): void {
    const words = this.#words;
    const before = Atomics.add(words, ARRIVED, 1);
    words[PROGRESS + thread * LINE + ARRIVALS]++;
    if (before !== this.threads - 1) return;
    Atomics.store(words, ARRIVED, 0);
    this.#open();
  }

  /**
   * Waits until a barrier has opened.
   *
   * @param generation its number
   * @param timeout milliseconds to sleep at most
   * @returns false if the time is up
   */
  awaitBarrier(generation: number, timeout: number): boolean {
    return this.#waitWhile(GENERATION, generation, timeout);
  }

  /** Waits for all other threads. Returns false if a thread failed: then none waits any more. */
  meet(thread: number): boolean {
    const { generation } = this;
    // A thread that fails after this check moves the generation on.
    if (this.hasFailed) return false;
    this.arrive(thread);
    this.#waitWhile(GENERATION, generation, Number.POSITIVE_INFINITY);
    return !this.hasFailed;
  }

  get hasFailed(): boolean {
    return Atomics.load(this.#words, FAILED) !== 0;
  }

  /** Notes why a thread failed, if it is the first one, and opens the barrier to all. A long text is cut. */
  fail(message: string): void {
    const words = this.#words;
    if (Atomics.compareExchange(words, FAILING, 0, 1) !== 0) return;
    const length = Math.min(message.length, MESSAGE_WORDS);
    for (let i = 0; i < length; i++) words[MESSAGE + i] = message.charCodeAt(i);
    words[MESSAGE_LENGTH] = length;
    Atomics.store(words, FAILED, 1);
    this.#open();
  }

  /** The reason of the first thread that failed. */
  get failure(): string {
    const words = this.#words;
    return String.fromCharCode(...words.subarray(MESSAGE, MESSAGE + words[MESSAGE_LENGTH]));
  }

  /** Counts a call of a worker, by which the calling thread sees that the worker makes progress. */
  progress(thread: number): void {
    // Only this thread writes the word, and nobody needs to see it at once.
    this.#words[PROGRESS + thread * LINE]++;
  }

  /** The calls of all workers so far. */
  get progressSum(): number {
    let sum = 0;
    for (let thread = 1; thread < this.threads; thread++) sum += Atomics.load(this.#words, PROGRESS + thread * LINE);
    return sum;
  }

  /** The threads that have not reached the barrier yet, at which the calling thread is. */
  get missing(): number[] {
    const words = this.#words;
    const arrivals = (thread: number) => Atomics.load(words, PROGRESS + thread * LINE + ARRIVALS);
    return Array.from({ length: this.threads }, (_, thread) => thread).filter((t) => arrivals(t) !== arrivals(0));
  }

  #open(): void {
    Atomics.add(this.#words, GENERATION, 1);
    this.#wake(GENERATION);
  }

  #wake(word: number): void {
    // A thread counts itself before it reads the word for the last time: either it is seen here, or it sees the change.
    if (Atomics.load(this.#words, SLEEPING) > 0) Atomics.notify(this.#words, word);
  }

  /** Polls for a change; returns true if there was one. */
  #spin(word: number, value: number): boolean {
    const words = this.#words;
    const spins = this.#spins;
    const kind = word === SEQUENCE ? 0 : 1;
    const time = spins[kind];
    if (time === 0) return false;
    const end = performance.now() + time;
    do {
      for (let i = 0; i < LOOKS; i++) {
        if (Atomics.load(words, word) === value) continue;
        spins[kind] = Math.min(2 * time, LONGEST_SPIN);
        return true;
      }
    } while (performance.now() < end);
    spins[kind] = Math.max(time / 2, SHORTEST_SPIN);
    return false;
  }

  #waitWhile(word: number, value: number, timeout: number): boolean {
    const words = this.#words;
    if (Atomics.load(words, word) !== value) return true;
    if (this.#spin(word, value)) return true;
    const end = performance.now() + timeout;
    let left = timeout;
    Atomics.add(words, SLEEPING, 1);
    // A thread that changes a word may wake others late, in the middle of their next sleep: only the word itself tells
    // whether it has changed.
    while (left > 0 && Atomics.load(words, word) === value) {
      Atomics.wait(words, word, value, left);
      left = end - performance.now();
    }
    Atomics.sub(words, SLEEPING, 1);
    return Atomics.load(words, word) !== value;
  }
}
