import type { ThreadEvents, ThreadHandle } from "../../engine/threads/source.ts";
import { threadSource } from "../../engine/threads/start.ts";
import { Link } from "./link.ts";
import type { ReplicaAnswer, ReplicaMessage } from "./messages.ts";

/** Another replica, for the leader. */
export class Member {
  readonly link = new Link((message, transfer) => this.post(message, transfer));
  /** Memory of pixels that came back. */
  spare: ArrayBuffer | undefined;
  #handle: ThreadHandle | undefined;
  #take: ((answer: ReplicaAnswer) => void) | undefined;

  /** True if an answer is awaited. */
  get isLate(): boolean {
    return this.#take !== undefined || this.link.isWaiting;
  }

  /** @throws Error if the host gives no worker */
  start(events: ThreadEvents): void {
    this.#handle = threadSource().start(events);
  }

  post(message: ReplicaMessage, transfer: Transferable[] = []): void {
    this.#handle?.post(message, transfer);
  }

  /** Its answer to a message. */
  ask(message: ReplicaMessage, transfer: Transferable[] = []): Promise<ReplicaAnswer> {
    return new Promise((resolve) => {
      this.#take = resolve;
      this.post(message, transfer);
    });
  }

  hear(answer: ReplicaAnswer): void {
    if (answer.type === "share" || answer.type === "sum") {
      this.link.deliver(answer);
    } else {
      this.#take?.(answer);
      this.#take = undefined;
    }
  }

  end(): void {
    this.#handle?.terminate();
  }
}
