import type { PeerMessage } from "./messages.ts";

/** The connection to another replica: its messages are kept in order until they are received. */
export class Link {
  /** Sends a message. */
  readonly post: (message: PeerMessage, transfer: Transferable[]) => void;
  readonly #arrived: PeerMessage[] = [];
  #wanted: ((message: PeerMessage) => void) | undefined;

  constructor(post: (message: PeerMessage, transfer: Transferable[]) => void) {
    this.post = post;
  }

  /** A link over a port. */
  static over(port: MessagePort): Link {
    const link = new Link((message, transfer) => port.postMessage(message, transfer));
    port.onmessage = ({ data }: MessageEvent<PeerMessage>) => link.deliver(data);
    return link;
  }

  /** True if a receiver waits for a message that has yet to come. */
  get isWaiting(): boolean {
    return this.#wanted !== undefined;
  }

  /** Takes in a message of the other replica. */
  deliver(message: PeerMessage): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (wanted === undefined) this.#arrived.push(message);
    else wanted(message);
  }

  /** The next message. It may wait forever: the leader ends replicas that wait in vain. */
  async receive<T extends PeerMessage["type"]>(type: T): Promise<PeerMessage & { type: T }> {
    const message = this.#arrived.shift() ?? (await this.#next());
    if (!isOf(message, type)) throw new Error(`replicas: expected a ${type}, got a ${message.type}`);
    return message;
  }

  #next(): Promise<PeerMessage> {
    return new Promise((resolve) => {
      this.#wanted = resolve;
    });
  }
}

function isOf<T extends PeerMessage["type"]>(message: PeerMessage, type: T): message is PeerMessage & { type: T } {
  return message.type === type;
}
